/// Small public pictures of all items: covers, posters, photographs.
package struct ItemImages: Sendable {
    /// The height in pixels.
    package let height: Int
    /// The width in pixels.
    package let width: Int
    /// The number of numbers of a pixel: 3 for colours.
    package let channels: Int
    private let pixels: [Float]

    /// The pictures that are the content of a catalogue's items: row by row, the channels of a pixel
    /// side by side, numbers about -1 to 1.
    ///
    /// - Parameters:
    ///   - catalogue: The items.
    ///   - height: The height in pixels.
    ///   - width: The width in pixels; the content's length is a multiple of height × width.
    package init(of catalogue: Catalogue, height: Int, width: Int) {
        channels = catalogue.contentWidth / (height * width)
        precondition(channels > 0 && height * width * channels == catalogue.contentWidth)
        self.height = height
        self.width = width
        pixels = catalogue.contents
    }

    /// The number of items.
    package var itemCount: Int { pixels.count / size }

    private var size: Int { height * width * channels }

    /// An item's picture.
    package subscript(item: Int) -> ArraySlice<Float> { pixels[item * size..<(item + 1) * size] }
}
