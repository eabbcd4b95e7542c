// swift-tools-version: 6.2
import PackageDescription

let features: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

// What pkg-config calls the MPI of the system: Debian lets the administrator choose which one that is.
#if os(macOS)
    let mpiPackage = "ompi-c"
#else
    let mpiPackage = "mpi-c"
#endif

/// A module of this package with its tests' target, where it has one, named after it.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: features)
}

func tests(
    of name: String, _ dependencies: [Target.Dependency] = [], excluding files: [String] = []
) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.target(name: name)] + dependencies, exclude: files,
        swiftSettings: features)
}

let package = Package(
    name: "covey",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "covey", targets: ["covey"]),
        .executable(name: "covey-coordinator", targets: ["covey-coordinator"]),
        .executable(name: "covey-fleet", targets: ["covey-fleet"]),
        .library(name: "OnDevice", targets: ["OnDevice"]),
    ],
    traits: [
        .trait(
            name: "PostgreSQL",
            description: "Lets several coordinators share one PostgreSQL database (needs libpq)."),
        .trait(
            name: "MPI",
            description: "Divides a simulation among processes (needs Open MPI or MPICH)."
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CPostgreSQL", pkgConfig: "libpq",
            providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CMPI", pkgConfig: mpiPackage,
            providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
        .target(name: "CVectorKernels"),

        module("VectorKernels", ["CVectorKernels"]),
        module("Sodium", ["CSodium"]),
        module("DifferentialPrivacy", ["Sodium", "VectorKernels"]),
        module("SecureAggregation", ["Sodium", "VectorKernels"]),
        module(
            "PrivateAggregation",
            ["DifferentialPrivacy", "SecureAggregation", "Sodium", "VectorKernels"]),
        module("Learning", ["VectorKernels"]),
        module("Recommender", ["Learning", "Sodium", "VectorKernels"]),
        module("Datasets", ["CZlib", "Recommender", "Sodium", "VectorKernels"]),
        module(
            "PrivacyLedger",
            [
                "DifferentialPrivacy", "PrivateAggregation", "SecureAggregation", "Sodium",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        module(
            "PrivacyAudit",
            ["DifferentialPrivacy", "PrivacyLedger", "PrivateAggregation", "Sodium"]),
        module(
            "FederatedProtocol",
            [
                "DifferentialPrivacy", "PrivacyLedger", "PrivateAggregation", "Recommender",
                "SecureAggregation", "Sodium",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        module(
            "OnDevice",
            [
                "DifferentialPrivacy", "FederatedProtocol", "PrivacyLedger", "PrivateAggregation",
                "Recommender", "SecureAggregation", "Sodium", "VectorKernels",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        module(
            "Simulation",
            [
                "Datasets", "DifferentialPrivacy", "FederatedProtocol", "PrivacyAudit",
                "PrivacyLedger", "PrivateAggregation", "Recommender", "SecureAggregation", "Sodium",
                "VectorKernels",
                .target(name: "CMPI", condition: .when(traits: ["MPI"])),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Yams", package: "Yams"),
            ]),
        module(
            "Coordinator",
            [
                "Datasets", "DifferentialPrivacy", "FederatedProtocol", "PrivacyLedger",
                "PrivateAggregation", "Recommender", "SecureAggregation", "Simulation", "Sodium",
                "VectorKernels",
                .target(name: "CPostgreSQL", condition: .when(traits: ["PostgreSQL"])),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        module(
            "CoordinatorService",
            [
                "Coordinator", "Datasets", "DifferentialPrivacy", "FederatedProtocol",
                "PrivacyLedger", "Simulation", "Sodium",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]),
        module(
            "ConnectionFailures",
            [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]),
        module(
            "Fleet",
            [
                "ConnectionFailures", "Datasets", "FederatedProtocol", "OnDevice",
                "PrivacyLedger", "PrivateAggregation", "Recommender", "SecureAggregation",
                "Simulation", "Sodium",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "Yams", package: "Yams"),
            ]),
        module(
            "CommandLineProgram",
            ["Simulation", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
        .executableTarget(
            name: "covey-coordinator",
            dependencies: [
                "CommandLineProgram", "ConnectionFailures", "Coordinator", "CoordinatorService",
                "Datasets", "FederatedProtocol", "PrivacyLedger", "Recommender", "Simulation",
                "Sodium",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: features),
        .executableTarget(
            name: "covey-fleet",
            dependencies: [
                "CommandLineProgram", "FederatedProtocol", "Fleet", "PrivacyLedger", "Simulation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: features),
        .executableTarget(
            name: "covey",
            dependencies: [
                "CommandLineProgram", "Datasets", "DifferentialPrivacy", "FederatedProtocol",
                "OnDevice", "PrivacyAudit", "PrivacyLedger", "Recommender", "Simulation", "Sodium",
                "VectorKernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: features),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CVectorKernels", "Datasets", "DifferentialPrivacy", "FederatedProtocol", "Fleet",
                "Learning", "OnDevice", "PrivacyAudit", "PrivacyLedger", "PrivateAggregation",
                "Recommender",
                "SecureAggregation", "Simulation", "Sodium", "VectorKernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            exclude: [
                "accounting-peers.py", "learning-peers.py", "ranking-peers.py", "simulation-peers",
            ],
            swiftSettings: features),

        tests(of: "VectorKernels", ["CVectorKernels", "Sodium"]),
        tests(of: "Sodium"),
        tests(of: "DifferentialPrivacy", ["Sodium"]),
        tests(of: "SecureAggregation", ["Sodium"]),
        tests(of: "PrivateAggregation", ["SecureAggregation", "Sodium", "VectorKernels"]),
        tests(of: "Learning", ["VectorKernels"], excluding: ["References"]),
        tests(of: "Recommender", ["Learning", "Sodium", "VectorKernels"]),
        tests(of: "Datasets", ["Recommender", "Sodium"]),
        tests(
            of: "PrivacyLedger",
            ["DifferentialPrivacy", "PrivateAggregation", "SecureAggregation", "Sodium"]),
        tests(
            of: "PrivacyAudit",
            ["DifferentialPrivacy", "PrivacyLedger", "PrivateAggregation", "Sodium"]),
        tests(
            of: "FederatedProtocol",
            [
                "DifferentialPrivacy", "PrivacyLedger", "PrivateAggregation", "Recommender",
                "RoundFixtures", "SecureAggregation", "Sodium",
            ]),
        // A coordinator in memory with a real ledger, for the tests of devices.
        .target(
            name: "RoundFixtures",
            dependencies: [
                "DifferentialPrivacy", "FederatedProtocol", "PrivacyLedger", "PrivateAggregation",
                "Recommender", "SecureAggregation", "Sodium",
            ], path: "Tests/RoundFixtures", swiftSettings: features),
        // Writes to a store until it is killed; the tests of the store start it.
        .executableTarget(
            name: "StoreCrashWriter", dependencies: ["OnDevice"], path: "Tests/StoreCrashWriter",
            swiftSettings: features),
        tests(
            of: "OnDevice",
            [
                "DifferentialPrivacy", "FederatedProtocol", "Learning", "PrivacyLedger",
                "PrivateAggregation",
                "Recommender", "RoundFixtures", "SecureAggregation", "Sodium", "StoreCrashWriter",
                "VectorKernels",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            of: "Simulation",
            [
                "covey", "Datasets", "DifferentialPrivacy", "FederatedProtocol", "PrivacyAudit",
                "PrivacyLedger", "Recommender", "Sodium",
            ]),
        // A PostgreSQL server of the tests' own, where the machine has the programs.
        .target(
            name: "PostgreSQLFixture", path: "Tests/PostgreSQLFixture", swiftSettings: features),
        tests(
            of: "Coordinator",
            [
                "PostgreSQLFixture",
                "DifferentialPrivacy", "FederatedProtocol", "PrivacyLedger", "PrivateAggregation",
                "Recommender", "RoundFixtures", "SecureAggregation", "Simulation", "Sodium",
                "VectorKernels",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            of: "CoordinatorService",
            [
                "Coordinator", "Datasets", "DifferentialPrivacy", "FederatedProtocol", "Fleet",
                "PrivacyLedger", "Recommender", "Simulation", "Sodium",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            excluding: ["ForeignClients/Python"]),
        tests(
            of: "Fleet",
            [
                "PostgreSQLFixture", "covey-coordinator", "covey-fleet",
                "Coordinator", "CoordinatorService", "Datasets", "DifferentialPrivacy",
                "FederatedProtocol", "OnDevice", "PrivacyLedger", "PrivateAggregation",
                "Recommender", "RoundFixtures", "SecureAggregation", "Simulation", "Sodium",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]),
        .testTarget(
            name: "MutationTests",
            dependencies: [
                "DifferentialPrivacy", "PrivacyAudit", "PrivacyLedger", "PrivateAggregation",
                "SecureAggregation", "Sodium", "VectorKernels",
            ],
            swiftSettings: features),
    ]
)
