extension Double {
    /// The sum, rounded up: the error of the usual sum is itself a number (Knuth's two-sum).
    package func addingUp(_ other: Double) -> Double {
        let sum = self + other
        let otherPart = sum - self
        let error = (self - (sum - otherPart)) + (other - otherPart)
        return error > 0 ? sum.nextUp : sum
    }

    /// The product, rounded up.
    package func multipliedUp(by other: Double) -> Double {
        let product = self * other
        return (-product).addingProduct(self, other) > 0 ? product.nextUp : product
    }
}
