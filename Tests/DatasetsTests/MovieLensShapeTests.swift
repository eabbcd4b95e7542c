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

    @Test func `people sampled from MovieLens 1M have what rankers find in it`() throws {
        let data = try DatasetReader.read(path: #require(movieLens1M))
        let sampled = try PopulationModel(fitting: data).population(of: data.users.count, seed: 1)
        let comparison = try PopulationComparison(
            fitted: InteractionColumns(data), generated: InteractionColumns(sampled))
        let (real, made) = (comparison.fitted, comparison.generated)
        let margins = [real, made].map { $0.itemToItemHitRate - $0.popularityHitRate }
        // 0.076 and 0.082 were measured; the standard error of either is 0.01.
        #expect(abs(margins[0] - margins[1]) < 0.04, "\(margins)")
        #expect(abs(real.popularityGini - made.popularityGini) < 0.02)
        #expect(
            abs(try #require(real.sameCategorySteps) - (try #require(made.sameCategorySteps)))
                < 0.03)
        #expect(comparison.lengthDistance < 0.03)
        #expect(comparison.popularityCorrelation > 0.98)
    }
}
