import Learning
import Sodium
import Testing
import VectorKernels

@testable import Recommender

/// Networks in the files that devices rank with.
struct PublishedNetworkTests {
    private static let names = Networks.all.map(\.name) + ["sequence-refiner"]

    private let catalogue = Catalogue(
        items: (0..<40).map {
            Catalogue.Item(
                id: "id\($0)", title: "Film \($0 % 7)", categories: ["c\($0 % 4)"],
                year: $0 % 5 == 0 ? nil : 1950 + $0)
        })

    private let history = [3, 8, 5, 1].map {
        Interaction(item: $0, timestamp: 1_000_000 + Int64($0) * 3600, rating: 4)
    }

    /// A network with other settings than the usual ones, as its federated training begins.
    private func model(_ name: String) throws -> any DeviceModel {
        var configuration = try #require(Networks.configuration(named: name))
        let isSet = configuration.set(
            [
                "dimensions": "6", "length": "3", "hidden": "8", "latent": "5", "factors": "4",
                "heads": "2", "blocks": "3", "pooling": "attention", "weights": "64",
                "horizontalFilters": "2", "targets": "2", "layers": "2",
            ])
        #expect(isSet)
        let popularity = configuration.drawsNegatives ? PopularityCorrection() : nil
        func model(_ network: some RecommenderNetwork) throws -> any DeviceModel {
            var algorithm = try FederatedNetwork(
                network,
                configuration: .init(
                    rankingEpochs: 3, batchSize: 3, personalLearningRate: 0.3, gradientNorm: 2,
                    popularity: popularity, seed: 9))
            if popularity != nil {
                let votes = NoisySum(
                    values: (0..<40).map { Float($0 % 6) }, noiseStandardDeviation: 0,
                    contributors: 9)
                algorithm.update(round: 0, with: votes)
            }
            return algorithm.model
        }
        return try model(configuration.makeNetwork(for: catalogue))
    }

    private func publish(
        _ content: RankingContent, of catalogue: Catalogue? = nil,
        precision: VectorPrecision = .float32
    ) throws -> PublishedModel {
        let publication = Publication(
            name: "test", release: 1, content: content, catalogue: catalogue ?? self.catalogue,
            source: "")
        return try PublishedModel(
            MappedBytes(copying: publication.encoded(precision: precision, key: nil)),
            trusting: nil)
    }

    @Test(arguments: ["0", "8"])
    func `what was made of texts and pictures is published too`(pictureHeight: String) throws {
        var configuration = TwoTower.Configuration()
        let isSet = configuration.set(["pictureHeight": pictureHeight, "pictureWidth": "9"])
        #expect(isSet)
        let catalogue = SmallData(itemCount: 40).pictures()
        let network = TwoTower(
            itemCount: 40,
            attributes: ItemAttributes(of: catalogue, hasContent: pictureHeight == "0"),
            images: pictureHeight == "8" ? ItemImages(of: catalogue, height: 8, width: 9) : nil,
            configuration: configuration)
        let model = try FederatedNetwork(network, configuration: .init()).model
        let published = try #require(try publish(model.content, of: catalogue).network)
        let scores = published.scores(history: history, privateParameters: [])
        #expect(scores == model.scores(history: history, privateParameters: []))
        guard pictureHeight == "8" else { return }
        // Items without pictures are no items of this model.
        #expect(throws: PublishedModelError.self) { try publish(model.content) }
    }

    @Test(arguments: names)
    func `a published network ranks as the trained one`(name: String) throws {
        let model = try model(name)
        let published = try publish(model.content)
        let network = try #require(published.network)
        for history in [[], Array(history.prefix(1)), history] {
            let scores = network.scores(history: history, privateParameters: [])
            #expect(scores == model.scores(history: history, privateParameters: []))
            #expect(scores.count == 40 && scores.allSatisfy { $0.isFinite })
        }
        #expect(network.snapshot == model.snapshot)
        let rows = model.content.rows
        #expect(
            published.items.row(7)
                == Array(rows[7 * published.items.dimension..<8 * published.items.dimension]))
        let packed = try publish(published.publication.content, precision: .int8)
        #expect(
            packed.network?.scores(history: history, privateParameters: [])
                == model.scores(history: history, privateParameters: []))
    }

    @Test func `the catalogue of a published model is that of the training`() throws {
        let published = try publish(try model("two-tower").content)
        #expect(published.catalogue.catalogue == catalogue)
        #expect(published.catalogue.year(of: 0) == nil && published.catalogue.year(of: 1) == 1951)
    }

    @Test func `a network that is not all there is refused`() throws {
        let content = try model("sasrec").content
        guard case .network(let rule) = content.rule else {
            Issue.record("no network")
            return
        }
        func expectRefusal(_ change: (inout Snapshot) -> Void) {
            var (content, snapshot) = (content, rule.snapshot)
            change(&snapshot)
            content.rule = .network(NetworkRule(snapshot: snapshot))
            #expect {
                try publish(content)
            } throws: { error in
                guard case .damaged(_, let part) = error as? PublishedModelError else {
                    return false
                }
                return part == "network"
            }
        }
        expectRefusal { $0.kind = "perceptron" }
        expectRefusal { $0.attributes["dimensions"] = "8" }
        expectRefusal { $0.attributes["dimensions"] = "999999999999" }
        expectRefusal { $0.attributes["heads"] = "5" }
        expectRefusal { $0.attributes["ranking.batchSize"] = "0" }
        expectRefusal { $0.attributes["ranking.seed"] = nil }
        expectRefusal { $0.tensors["items"] = nil }
        var broken = rule.snapshot
        broken.tensors["items"]?.values[0] = .nan
        var endless = content
        endless.rule = .network(NetworkRule(snapshot: broken))
        #expect(throws: PublicationError.notFinite) { try publish(endless) }
    }
}
