import Recommender
import Testing

@Suite struct ItemAttributesTests {
    private let catalogue = Catalogue(items: [
        .init(id: "1", title: "The Third Man", categories: ["Film-Noir", "Thriller"], year: 1949),
        .init(id: "2", title: "Third Star", categories: ["Drama"], year: 2010),
        .init(id: "3"),
        .init(id: "4", title: "Is It a Man, man?", categories: ["Thriller"], year: 1945),
    ])

    @Test func `items share the rows of what they have in common`() {
        let attributes = ItemAttributes(of: catalogue, buckets: 1 << 20)
        func common(_ first: Int, _ second: Int, _ field: ItemAttributes.Field) -> Int {
            Set(attributes.rows(of: first, field))
                .intersection(attributes.rows(of: second, field)).count
        }
        #expect(common(0, 3, .categories) == 1)
        #expect(common(0, 3, .words) == 1)
        #expect(common(0, 3, .years) == 1)
        #expect(common(0, 1, .categories) == 0)
        #expect(common(0, 1, .words) == 1)
        #expect(common(0, 1, .years) == 0)
        #expect(attributes.rows(of: 0, .words).count == 3)
        #expect(attributes.rows(of: 3, .words).count == 1)
    }

    @Test func `an item of which nothing is known has no rows`() {
        let attributes = ItemAttributes(of: catalogue)
        #expect(ItemAttributes.Field.allCases.allSatisfy { attributes.rows(of: 2, $0).isEmpty })
    }

    @Test func `rows do not depend on other items and stay under the number of buckets`() {
        for buckets in [1, 7, 2048] {
            let all = ItemAttributes(of: catalogue, buckets: buckets)
            for (number, item) in catalogue.items.enumerated() {
                let alone = ItemAttributes(of: Catalogue(items: [item]), buckets: buckets)
                for field in ItemAttributes.Field.allCases {
                    let rows = all.rows(of: number, field)
                    #expect(rows == alone.rows(of: 0, field))
                    #expect(rows.allSatisfy { (0..<Int32(buckets)).contains($0) })
                }
            }
        }
    }

    @Test func `hashing spreads features evenly`() {
        let names = (0..<2000).map { "c\($0)" }
        let items = names.map { Catalogue.Item(id: $0, categories: [$0]) }
        let attributes = ItemAttributes(of: Catalogue(items: items), buckets: 20)
        var counts = [Double](repeating: 0, count: 20)
        for item in items.indices {
            for row in attributes.rows(of: item, .categories) { counts[Int(row)] += 1 }
        }
        // Chi-squared with 19 degrees of freedom: over 50.8 in one of 10,000.
        #expect(counts.reduce(0) { $0 + ($1 - 100) * ($1 - 100) / 100 } < 50.8)
    }
}

@Suite struct ContextFeaturesTests {
    /// The number within each field: the first rows of the fields are 0, 24, 31, 64 and 80.
    private func numbers(
        time: Int64, previous: Int64? = nil, count: Int = 0, code: UInt8? = nil
    ) -> [Int32] {
        zip(
            ContextFeatures.rows(time: time, previous: previous, count: count, code: code),
            [0, 24, 31, 64, 80]
        ).map { $0 < 0 ? -1 : $0 - $1 }
    }

    @Test(
        arguments: [
            (0, 0, 3),  // 1970-01-01 00:00, Thursday
            (1_709_251_199, 23, 3),  // 2024-02-29 23:59:59, Thursday
            (1_709_251_200, 0, 4),
            (951_825_600, 12, 1),  // 2000-02-29 12:00, Tuesday
            (-1, 23, 2),  // 1969-12-31 23:59:59, Wednesday
            (-86_400, 0, 2),
        ] as [(Int64, Int32, Int32)])
    func `hours and weekdays are those of the calendar`(
        time: Int64, hour: Int32, weekday: Int32
    ) {
        #expect(numbers(time: time).prefix(2) == [hour, weekday])
    }

    @Test func `gaps and counts double from number to number`() {
        let gaps = [0, 1, 2, 3, 4, 86_400, 1 << 40].map { numbers(time: $0, previous: 0)[2] }
        #expect(gaps == [1, 2, 3, 3, 4, 18, 32])
        let counts = [0, 1, 2, 3, 4, 1000, 1 << 30].map { numbers(time: 0, count: $0)[3] }
        #expect(counts == [0, 1, 2, 2, 3, 10, 15])
    }

    @Test func `what is not known has no row, and clocks that go back do not trap`() {
        #expect(numbers(time: 0)[2] == 0)
        #expect(numbers(time: 0)[4] == -1)
        #expect(numbers(time: 5, previous: 9)[2] == 1)
        #expect(numbers(time: 0, code: 255)[4] == 255)
    }

    @Test func `rows stay under their number`() {
        for time in [Int64.min / 2, -1, 0, 1, Int64.max / 2] {
            let rows = ContextFeatures.rows(
                time: time, previous: 0, count: .max, code: .max)
            #expect(rows.count == ContextFeatures.fieldCount)
            #expect(rows.allSatisfy { (0..<Int32(ContextFeatures.rowCount)).contains($0) })
        }
    }
}
