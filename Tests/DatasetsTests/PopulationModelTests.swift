import Datasets
import Foundation
import Recommender
import Testing

@Suite struct PopulationModelTests {
    /// Data with genres, series, hours and ratings, and a model of them.
    private static let fitted: (data: InteractionData, model: PopulationModel)? = {
        var settings = SyntheticPopulation()
        settings.users = 2_000
        settings.seed = 5
        guard let data = try? settings.makeData(), let model = try? PopulationModel(fitting: data)
        else { return nil }
        return (data, model)
    }()

    @Test func `a person depends on the data, the seed and the number alone`() throws {
        let (data, model) = try #require(Self.fitted)
        let again = try PopulationModel(fitting: data)
        for number in [7, 0, 1_000_000_000] {
            #expect(again.user(number, seed: 3) == model.user(number, seed: 3))
            #expect(model.user(number, seed: 3).history != model.user(number, seed: 4).history)
        }
        #expect(model.population(of: 20, seed: 3).users == (0..<20).map { model.user($0, seed: 3) })
    }

    @Test func `sampled histories keep the rules of the data`() throws {
        let (data, model) = try #require(Self.fitted)
        let lengths = data.users.map(\.history.count).sorted()
        let (shortest, longest) = (try #require(lengths.first), try #require(lengths.last))
        for user in model.population(of: 500, seed: 1).users {
            #expect((shortest...longest).contains(user.history.count))
            #expect(Set(user.history.map(\.item)).count == user.history.count)
            let times = user.history.map(\.timestamp)
            #expect(times == times.sorted())
            #expect(
                user.history.allSatisfy { Int64($0.context ?? 99) == $0.timestamp / 3_600 % 24 })
            #expect(user.history.allSatisfy { (1...5).contains($0.rating ?? 1) })
        }
    }

    @Test func `a sampled population is like the data, and its structure can be learned`() throws {
        let (data, model) = try #require(Self.fitted)
        let sampled = model.population(of: data.users.count, seed: 9)
        let comparison = try PopulationComparison(
            fitted: InteractionColumns(data), generated: InteractionColumns(sampled))
        let (real, made) = (comparison.fitted, comparison.generated)
        // The seed is fixed; two samples of one model differ by about a third of what is allowed.
        #expect(comparison.lengthDistance < 0.05)
        #expect(comparison.popularityCorrelation > 0.95)
        #expect(comparison.popularityDistance < 0.1)
        #expect(abs(real.popularityGini - made.popularityGini) < 0.03)
        let steps = (try #require(real.sameCategorySteps), try #require(made.sameCategorySteps))
        #expect(abs(steps.0 - steps.1) < 0.04)
        let categories = (
            try #require(real.categoriesPerPerson), try #require(made.categoriesPerPerson)
        )
        #expect(abs(categories.0 - categories.1) < 0.15 * categories.0)
        #expect(abs(real.rated - made.rated) < 0.02)
        #expect(abs(try #require(real.meanRating) - (try #require(made.meanRating))) < 0.1)
        let margins = (
            real.itemToItemHitRate - real.popularityHitRate,
            made.itemToItemHitRate - made.popularityHitRate
        )
        #expect(margins.0 > 0.1)
        #expect(margins.1 > 0.5 * margins.0, "\(margins)")
    }

    @Test func `sampled people are no nearer to a real one than real people to each other`() throws
    {
        let (data, model) = try #require(Self.fitted)
        let real = data.users.map { Set($0.history.map(\.item)) }
        func nearest(_ items: Set<Int32>, except person: Int? = nil) -> Double {
            real.indices.filter { $0 != person }.map { other in
                let common = Double(items.intersection(real[other]).count)
                return common / (Double(items.count + real[other].count) - common)
            }.max() ?? 0
        }
        let among = (0..<100).map { nearest(real[$0], except: $0) }.reduce(0, +) / 100
        let sampled = model.population(of: 100, seed: 2).users.map {
            nearest(Set($0.history.map(\.item)))
        }
        #expect(sampled.reduce(0, +) / 100 < among + 0.03)
        #expect(sampled.allSatisfy { $0 < 1 })
    }

    @Test func `data with repeats and without times give such people`() throws {
        let users = (0..<100).map { person in
            InteractionData.User(
                id: "u\(person)",
                history: (0..<30).map {
                    Interaction(item: (person + $0 % 5 * $0) % 12, timestamp: Int64($0))
                })
        }
        let catalogue = Catalogue(items: (0..<12).map { Catalogue.Item(id: "\($0)") })
        let data = InteractionData(name: "repeats", catalogue: catalogue, users: users)
        let sampled = try PopulationModel(fitting: data).population(of: 200, seed: 1)
        let comparison = try PopulationComparison(
            fitted: InteractionColumns(data), generated: InteractionColumns(sampled))
        #expect(comparison.fitted.repeats > 0.5)
        #expect(abs(comparison.fitted.repeats - comparison.generated.repeats) < 0.05)
        for user in sampled.users {
            #expect(user.history.map(\.timestamp) == (0..<30).map { Int64($0) })
            #expect(user.history.allSatisfy { $0.rating == nil && $0.context == nil })
        }
    }

    @Test(arguments: [1, 2])
    func `little data is enough, whatever its times are`(people: Int) throws {
        let times: [Int64] = [.max, .min, 0, -1, .max]
        let users = (0..<people).map { person in
            InteractionData.User(
                id: "\(person)",
                history: times.enumerated().map {
                    Interaction(item: $0.offset % 3, timestamp: $0.element)
                })
        }
        let catalogue = Catalogue(items: (0..<4).map { Catalogue.Item(id: "\($0)") })
        let data = InteractionData(name: "little", catalogue: catalogue, users: users)
        let model = try PopulationModel(fitting: data)
        #expect(model.population(of: 50, seed: 1).users.allSatisfy { $0.history.count == 5 })
    }

    @Test func `data without interactions are refused`() {
        let data = InteractionData(
            name: "none", catalogue: Catalogue(items: []),
            users: [InteractionData.User(id: "1", history: [])])
        #expect(throws: DatasetError.empty(path: "none")) { try PopulationModel(fitting: data) }
    }

    @Test func `a written population is the one in memory`() throws {
        let (_, model) = try #require(Self.fitted)
        let directory = try TemporaryDirectory()
        let path = directory.path + "/written.columns"
        var seen: [Int] = []
        try model.write(10_000, seed: 4, to: path) { seen.append($0) }
        #expect(seen.last == 10_000 && seen == seen.sorted())
        let columns = try InteractionColumns(mapping: path)
        #expect(columns.count == 10_000)
        for person in [0, 255, 256, 8_191, 8_192, 9_999] {
            #expect(columns.user(person) == model.user(person, seed: 4))
        }
    }

    @Test func `writing that is stopped leaves no file`() throws {
        struct Stop: Error {}
        let (_, model) = try #require(Self.fitted)
        let directory = try TemporaryDirectory()
        #expect(throws: Stop.self) {
            try model.write(20_000, seed: 4, to: directory.path + "/stopped") {
                if $0 > 0 { throw Stop() }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }
}
