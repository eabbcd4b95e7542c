internal import Foundation

/// A draw from the exponential distribution of mean 1.
func exponentialDraw() -> Double { -log(1 - Double.random(in: 0..<1)) }
