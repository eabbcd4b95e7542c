import Learning
import VectorKernels

/// A vector of each picture by two layers of convolutions: LeCun et al., "Gradient-based learning
/// applied to document recognition", Proceedings of the IEEE 86(11), 1998, with the mean of each
/// last map in place of dense layers: Lin, Chen and Yan, "Network in network", ICLR 2014,
/// section 3.2.
///
/// 3 × 3 filters, the largest of each 2 × 2, 3 × 3 filters again, the mean of each map, a dense
/// layer. Pictures are at least 8 × 8.
struct ContentConvolution: Sendable {
    private let images: ItemImages
    private let first: Linear
    private let second: Linear
    private let last: Linear
    private let firstSliding: TensorMemory.Sliding
    private let secondSliding: TensorMemory.Sliding

    /// - Parameters:
    ///   - name: What the parameters' names begin with.
    ///   - images: The pictures.
    ///   - filters: The number of filters of the first layer; the second has twice as many.
    ///   - width: The length of the vectors.
    ///   - layout: Takes the parameters.
    init(
        named name: String, of images: ItemImages, filters: Int, width: Int,
        in layout: inout ParameterLayout
    ) {
        self.images = images
        firstSliding = TensorMemory.Sliding(
            height: images.height, width: images.width, channels: images.channels,
            kernelHeight: 3, kernelWidth: 3)
        secondSliding = TensorMemory.Sliding(
            height: (images.height - 2) / 2, width: (images.width - 2) / 2, channels: filters,
            kernelHeight: 3, kernelWidth: 3)
        first = Linear(named: name + ".first", firstSliding.patchSize, filters, in: &layout)
        second = Linear(
            named: name + ".second", secondSliding.patchSize, 2 * filters, in: &layout)
        last = Linear(named: name + ".last", 2 * filters, width, in: &layout)
    }

    /// The vectors of some items' pictures, one row each.
    func callAsFunction(_ items: [Int32], on tape: Tape) -> Tensor {
        let pixels = tape.constant(
            Array(items.map { images[Int($0)] }.joined()), columns: firstSliding.imageSize)
        let maps = tape.relu(
            tape.convolution(pixels, firstSliding, first.weights, bias: first.bias))
        let smaller = halved(maps, count: items.count, on: tape)
            .reshaped(columns: secondSliding.imageSize)
        let patterns = tape.relu(
            tape.convolution(smaller, secondSliding, second.weights, bias: second.bias))
        let lengths = [Int](repeating: secondSliding.places, count: items.count)
        return last(tape.mean(patterns, runs: tape.runs(ofLengths: lengths)), on: tape)
    }

    /// The largest of each 2 × 2 places of each map; a last odd row or column is left out.
    private func halved(_ maps: Tensor, count: Int, on tape: Tape) -> Tensor {
        let (height, width) = (firstSliding.height - 2, firstSliding.width - 2)
        var places: [Int32] = []
        for image in 0..<count {
            for y in stride(from: 0, to: height - 1, by: 2) {
                for x in stride(from: 0, to: width - 1, by: 2) {
                    let corner = Int32((image * height + y) * width + x)
                    places += [
                        corner, corner + 1, corner + Int32(width), corner + Int32(width) + 1,
                    ]
                }
            }
        }
        let squares = tape.take(tape.keep(places), of: maps)
        let lengths = [Int](repeating: 4, count: places.count / 4)
        return tape.largest(squares, runs: tape.runs(ofLengths: lengths))
    }
}
