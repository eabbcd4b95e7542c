package import Foundation

/// How generated messages hold bytes.
package typealias Bytes = Data
