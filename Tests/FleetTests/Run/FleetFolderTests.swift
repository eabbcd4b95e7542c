@testable import Fleet
import PrivacyLedger
import RoundFixtures
import Testing

struct FleetFolderTests {
    private let scratch: ScratchFolder
    private let path: String
    private let key: VerificationKey

    init() throws {
        scratch = try ScratchFolder()
        path = scratch.path("fleet")
        key = try VerificationKey(
            name: "shop.example/recommender", key: [UInt8](repeating: 1, count: 32))
    }

    @Test func `a folder is for one process, and free again afterwards`() throws {
        do {
            let folder = try FleetFolder(path: path)
            #expect(throws: FleetError.inUse(path)) { _ = try FleetFolder(path: path) }
            withExtendedLifetime(folder) {}
        }
        _ = try FleetFolder(path: path)
    }

    @Test func `settings that differ are named`() throws {
        let folder = try FleetFolder(path: path)
        try folder.pin(key, data: ["seed": "1", "data.users": "3"])
        try folder.pin(key, data: ["seed": "1", "data.users": "3"])
        #expect(
            throws: FleetError.otherFleet(
                path: path,
                reason: "data.split was not set and is random, data.users was 3 and is 4")
        ) {
            try folder.pin(key, data: ["seed": "1", "data.users": "4", "data.split": "random"])
        }
    }

    @Test func `a folder that cannot be made is named`() throws {
        #expect(throws: FleetError.unwritable("/proc/fleet")) {
            _ = try FleetFolder(path: "/proc/fleet")
        }
    }
}
