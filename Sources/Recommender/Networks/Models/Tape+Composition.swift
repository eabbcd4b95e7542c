import Learning
import VectorKernels

extension Tape {
    /// As the logarithm of a candidate's rate, what leaves it no share of a softmax.
    static let shutOut: Float = 1e4

    /// Runs of rows of the given lengths, one behind the other; none is empty.
    func runs(ofLengths lengths: [Int]) -> RowNumbers {
        var starts: [Int32] = [0]
        var end: Int32 = 0
        for length in lengths {
            end += Int32(length)
            starts.append(end)
        }
        return keep(starts)
    }

    /// A row of one score for every item of a catalogue, some items at a time, so that what is
    /// between layers stays in a near cache and its memory is used again.
    ///
    /// - Parameters:
    ///   - itemCount: The size of the catalogue.
    ///   - scores: One score for each item of a range. What it makes is gone after it returns, and
    ///     row numbers that were kept before are gone already; matrices made before stay.
    func scores(itemCount: Int, _ scores: (Range<Int>) -> Tensor) -> Tensor {
        precondition(!isTraining)
        let all = constant(0, rows: 1, columns: itemCount)
        let (block, mark) = (256, memory.used)
        for first in stride(from: 0, to: itemCount, by: block) {
            memory.release(to: mark)
            let items = first..<min(itemCount, first + block)
            memory.copy(scores(items).reshaped(columns: items.count), into: all.columns(items))
        }
        return all
    }
}
