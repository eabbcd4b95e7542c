/// The version of everything in this package; programs, pages, metrics and clients are told.
package let coveyVersion = "0.7.0"
