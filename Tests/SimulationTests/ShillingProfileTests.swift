import Recommender
import Sodium
import Testing

@testable import Simulation

@Suite struct ShillingProfileTests {
    /// A catalogue of 100 items, the lower the number the more popular; every fifth is "comedy".
    private func knowledge(ratings: Bool) -> PublicKnowledge {
        let catalogue = Catalogue(
            items: (0..<100).map {
                .init(id: "i\($0)", categories: $0 % 5 == 0 ? ["comedy"] : ["drama"])
            })
        // Item i is chosen 200 - 2 i times, and rated 1 + (i + person) % 5.
        let histories = (0..<100).map { item in
            (0..<200 - 2 * item).map { person in
                Interaction(
                    item: item, timestamp: Int64(person),
                    rating: ratings ? Float(1 + (item % 3 + person % 3)) : nil)
            }
        }
        return PublicKnowledge(catalogue: catalogue, histories: histories, usesRatings: ratings)
    }

    private func profiles(
        _ design: ShillingProfiles.Design, ratings: Bool, fillers: Int = 20, selected: Int = 4
    ) -> ShillingProfiles {
        ShillingProfiles(
            design, target: 90, fillers: fillers, selected: selected,
            knowledge: knowledge(ratings: ratings), seed: 1)
    }

    @Test func `public figures are those of the histories`() throws {
        let knowledge = knowledge(ratings: true)
        #expect(knowledge.popularity == (0..<100).map { 200 - 2 * $0 })
        #expect(knowledge.byPopularity == Array(0..<100))
        let ratings = try #require(knowledge.ratings)
        #expect(ratings.scale == 1...5 && ratings.step == 1)
        #expect(abs(ratings.mean - 3) < 0.1 && abs(ratings.deviation - 1.15) < 0.1)
        #expect(abs(ratings.itemMeans[0] - 2) < 0.02 && abs(ratings.itemMeans[2] - 4) < 0.02)
        #expect(ratings.nearest(to: 3.4) == 3 && ratings.nearest(to: 9) == 5)
        #expect(self.knowledge(ratings: false).ratings == nil)
        #expect(knowledge.unpopularItems == Array(80..<100))
    }

    @Test(arguments: [true, false])
    func `a profile ends with the target, and has no item twice`(ratings: Bool) {
        for (design, selected) in [
            (ShillingProfiles.Design.random, 0), (.average, 0), (.bandwagon, 4),
            (.segment([5, 10, 15, 20, 25, 30]), 4),
        ] {
            let profiles = profiles(design, ratings: ratings)
            #expect(profiles.selected.count == selected)
            var all: Set<[Interaction]> = []
            for device in 0..<50 {
                let history = profiles.history(of: device)
                #expect(history == profiles.history(of: device))
                all.insert(history)
                let items = history.map { Int($0.item) }
                #expect(items.last == 90 && Set(items).count == items.count)
                #expect(items.allSatisfy { (0..<100).contains($0) })
                #expect(history.map(\.timestamp) == (0..<history.count).map { Int64($0) })
                #expect(Set(items.dropLast().suffix(selected)) == Set(profiles.selected))
                #expect(history.allSatisfy { ($0.rating != nil) == ratings })
                // Without ratings, nobody dislikes anything.
                if case .segment = design, !ratings {
                    #expect(items.count == selected + 1)
                } else {
                    #expect(items.count == 20 + selected + 1)
                }
            }
            #expect(all.count > 20)
        }
    }

    @Test func `ratings are those of the definitions`() throws {
        let means = try #require(knowledge(ratings: true).ratings).itemMeans
        var atRandom: [Float] = []
        for device in 0..<100 {
            let average = profiles(.average, ratings: true).history(of: device)
            #expect(
                average.dropLast().allSatisfy { $0.rating == means[Int($0.item)].rounded() })
            let bandwagon = profiles(.bandwagon, ratings: true).history(of: device)
            #expect(bandwagon.suffix(5).allSatisfy { $0.rating == 5 })
            #expect(Set(bandwagon.suffix(5).dropLast().map(\.item)) == [0, 1, 2, 3])
            let segment = profiles(.segment([50, 55, 60, 65]), ratings: true).history(of: device)
            #expect(segment.suffix(5).allSatisfy { $0.rating == 5 })
            #expect(segment.dropLast(5).allSatisfy { $0.rating == 1 })
            atRandom += profiles(.random, ratings: true).history(of: device).dropLast()
                .compactMap(\.rating)
        }
        let mean = atRandom.reduce(0, +) / Float(atRandom.count)
        #expect(atRandom.count == 2000 && abs(mean - 3) < 0.15)
        #expect(Set(atRandom) == [1, 2, 3, 4, 5])
    }

    @Test func `without ratings, the average attack chooses as people do`() {
        func meanItem(_ design: ShillingProfiles.Design) -> Double {
            let items = (0..<200).flatMap {
                profiles(design, ratings: false, fillers: 10).history(of: $0).dropLast()
            }
            return items.reduce(0) { $0 + Double($1.item) } / Double(items.count)
        }
        // By popularity a mean of a third of the way, at random of half.
        #expect(abs(meanItem(.average) - 33) < 4)
        #expect(abs(meanItem(.random) - 49) < 4)
    }

    @Test func `more items than there are make short profiles`() {
        for design in [ShillingProfiles.Design.random, .average, .bandwagon, .segment([1, 2])] {
            let history = profiles(design, ratings: false, fillers: 500, selected: 300)
                .history(of: 3)
            #expect(history.count <= 100 && history.last?.item == 90)
            #expect(Set(history.map(\.item)).count == history.count)
        }
    }

    @Test func `a category's items come by popularity, and an unknown one is refused`() throws {
        let knowledge = knowledge(ratings: false)
        #expect(try knowledge.items(of: "comedy") == Array(stride(from: 0, to: 100, by: 5)))
        #expect {
            try knowledge.items(of: "horror")
        } throws: {
            "\($0)".contains("comedy, drama")
        }
    }
}
