/// Whether a number is another one up to a relative error; 0 has to be met exactly.
func isClose(_ value: Double, _ expected: Double, within tolerance: Double) -> Bool {
    value == expected || abs(value - expected) <= tolerance * abs(expected)
}
