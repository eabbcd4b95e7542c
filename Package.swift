// swift-tools-version: 6.2
import PackageDescription

let features: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A module of this package with its tests' target, where it has one, named after it.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: features)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.target(name: name)] + dependencies,
        swiftSettings: features)
}

let package = Package(
    name: "covey",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "covey", targets: ["covey"]),
        .library(name: "OnDevice", targets: ["OnDevice"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
    ],
    targets: [
        .systemLibrary(
            name: "CSodium", pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CVectorKernels"),

        module("VectorKernels", ["CVectorKernels"]),
        module("Sodium", ["CSodium"]),
        module("DifferentialPrivacy", ["Sodium", "VectorKernels"]),
        module("SecureAggregation", ["Sodium", "VectorKernels"]),
        module(
            "PrivateAggregation",
            ["DifferentialPrivacy", "SecureAggregation", "Sodium", "VectorKernels"]),
        module("Recommender", ["Sodium", "VectorKernels"]),
        module("Datasets", ["CZlib", "Recommender", "Sodium"]),
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
                "PrivacyLedger", "PrivateAggregation", "Recommender", "Sodium", "VectorKernels",
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "covey",
            dependencies: [
                "Datasets", "DifferentialPrivacy", "FederatedProtocol", "OnDevice", "PrivacyAudit",
                "PrivacyLedger", "Recommender", "Simulation", "Sodium", "VectorKernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: features),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CVectorKernels", "Datasets", "DifferentialPrivacy", "FederatedProtocol",
                "OnDevice", "PrivacyAudit", "PrivacyLedger", "PrivateAggregation", "Recommender",
                "SecureAggregation", "Simulation", "Sodium", "VectorKernels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["accounting-peers.py", "ranking-peers.py"], swiftSettings: features),

        tests(of: "VectorKernels", ["CVectorKernels", "Sodium"]),
        tests(of: "Sodium"),
        tests(of: "DifferentialPrivacy", ["Sodium"]),
        tests(of: "SecureAggregation", ["Sodium"]),
        tests(of: "PrivateAggregation", ["SecureAggregation", "Sodium", "VectorKernels"]),
        tests(of: "Recommender", ["Sodium", "VectorKernels"]),
        tests(of: "Datasets"),
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
                "DifferentialPrivacy", "FederatedProtocol", "PrivacyLedger", "PrivateAggregation",
                "Recommender", "RoundFixtures", "SecureAggregation", "Sodium", "StoreCrashWriter",
                "VectorKernels",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            of: "Simulation",
            [
                "Datasets", "DifferentialPrivacy", "FederatedProtocol", "PrivacyAudit",
                "PrivacyLedger", "Recommender",
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
