import Datasets
import Foundation
import Recommender
import Testing

/// Where data sets that cannot be redistributed are, if they are: `COVEY_SHARED` or the directory
/// `shared` beside the repository.
private let movieLens1M: String? = {
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    let shared =
        ProcessInfo.processInfo.environment["COVEY_SHARED"]
        ?? repository.deletingLastPathComponent().appendingPathComponent("shared").path
    let path = shared + "/data/ml-1m"
    return FileManager.default.fileExists(atPath: path) ? path : nil
}()

@Suite(.enabled(if: movieLens1M != nil, "MovieLens 1M is not there; set COVEY_SHARED"))
struct MovieLensShapeTests {
    @Test func `MovieLens 1M has its published shape`() throws {
        let data = try DatasetReader.read(path: #require(movieLens1M))
        #expect(data.name == "ml-1m")
        #expect(data.interactionCount == 1_000_209)
        #expect(data.users.count == 6_040)
        #expect(data.catalogue.count == 3_706)
        #expect(data.catalogue.items.allSatisfy { !$0.title.isEmpty && !$0.categories.isEmpty })
        #expect(data.catalogue.items.allSatisfy { (1_900...2_000).contains($0.year ?? 0) })
        #expect(data.users.allSatisfy { $0.history.count >= 20 })
        #expect(
            data.users.allSatisfy { user in
                zip(user.history, user.history.dropFirst()).allSatisfy {
                    $0.timestamp <= $1.timestamp
                }
            })
    }
}
