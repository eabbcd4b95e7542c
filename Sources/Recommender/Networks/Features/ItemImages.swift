/// Small public pictures of all items: covers, posters, photographs.
package struct ItemImages: Sendable {
    /// The height in pixels.
    package let height: Int
    /// The width in pixels.
    package let width: Int
    /// The number of numbers of a pixel: 3 for colours.
    package let channels: Int
    private let pixels: [Float]

    /// Collects pictures of one size.
    ///
    /// - Parameters:
    ///   - images: One for each item, row by row, the channels of a pixel side by side; numbers
    ///     about -1 to 1. All zeros where there is none.
    ///   - height: The height in pixels.
    ///   - width: The width in pixels.
    ///   - channels: The number of numbers of a pixel.
    package init(_ images: [[Float]], height: Int, width: Int, channels: Int) {
        precondition(images.allSatisfy { $0.count == height * width * channels })
        self.height = height
        self.width = width
        self.channels = channels
        pixels = Array(images.joined())
    }

    /// The number of items.
    package var itemCount: Int { pixels.count / size }

    private var size: Int { height * width * channels }

    /// An item's picture.
    package subscript(item: Int) -> ArraySlice<Float> { pixels[item * size..<(item + 1) * size] }
}
