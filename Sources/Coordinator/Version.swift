/// The version that pages, metrics and clients are told.
package let coveyVersion = "0.7.0"
