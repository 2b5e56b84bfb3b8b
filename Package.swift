// swift-tools-version: 6.2
import PackageDescription

// Every target is made by one of the helpers below; each states what such a target may depend on.
// `tools/check` compares the imports in the source with this list.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

extension Target.Dependency {
    static let collections = product(name: "DequeModule", package: "swift-collections")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nio = product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let metricsTest = product(name: "MetricsTestKit", package: "swift-metrics")
    static let nioHTTP = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP1 = product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
    static let protobuf = product(name: "SwiftProtobuf", package: "swift-protobuf")
    static let protobufPlugin = product(name: "SwiftProtobufPluginLibrary", package: "swift-protobuf")
    static let arguments = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let signals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let httpClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
}

/// A C library of the system, seen by its wrapper only.
func library(_ name: String, apt package: String) -> Target {
    .systemLibrary(name: name, path: "Sources/\(name)", providers: [.apt([package])])
}

/// A building block that knows no word of the hub.
func block(_ name: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: strict + settings)
}

/// Leaves out the checks at run time that no two accesses overlap, which take a fifth of a stream's time and a twentieth of
/// a small call's. Debug builds have them, and so all tests and the fuzzer.
let uncheckedExclusivity = SwiftSetting.unsafeFlags(
    ["-enforce-exclusivity=unchecked"],
    .when(configuration: .release)
)

/// A bounded context. `uses` names the contexts whose public face it calls.
func context(_ name: String, uses: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: [
            "Kernel", "Contract", "RPC", "Postgres", "Redis", "Cryptography", .collections, .logging, .protobuf,
        ] + uses,
        path: "Sources/\(name)",
        resources: [.embedInCode("Storage/Migrations")],
        swiftSettings: strict
    )
}

/// A program that people run. The files of `embedded` become part of it.
func program(
    _ name: String,
    at path: String,
    _ dependencies: [Target.Dependency],
    embedded: [String] = []
) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: path,
        resources: embedded.map { .embedInCode($0) },
        swiftSettings: strict
    )
}

/// The tests of one target; they may see what it sees.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(name)",
        exclude: exclude,
        swiftSettings: strict
    )
}

let package = Package(
    name: "smart-ai-hub",
    products: [
        .executable(name: "hubd", targets: ["hubd"]),
        .executable(name: "hub", targets: ["hub"]),
        .executable(name: "hub-gateway", targets: ["hub-gateway"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        library("CPostgres", apt: "libpq-dev"),
        library("CRedis", apt: "libhiredis-dev"),
        library("COpenSSL", apt: "libssl-dev"),
        library("CCrypt", apt: "libcrypt-dev"),
        library("CZlib", apt: "zlib1g-dev"),

        block(
            "RPC",
            ["CZlib", "Cryptography", .collections, .logging, .metrics, .nio, .nioPosix, .nioSSL, .nioTLS, .protobuf],
            settings: [uncheckedExclusivity]
        ),
        block("Postgres", ["CPostgres", .collections, .logging]),
        block("Redis", ["CRedis", .collections, .logging, .nio, .nioPosix]),
        block("Cryptography", ["COpenSSL", "CCrypt"]),
        block("Settings", [.configuration]),
        block("Logs", [.logging]),

        .target(
            name: "Contract",
            dependencies: ["RPC", .protobuf],
            path: "Sources/Contract",
            swiftSettings: strict
        ),
        .target(
            name: "Kernel",
            dependencies: ["Contract", "RPC", "Postgres", "Redis", "Cryptography", .logging, .protobuf],
            path: "Sources/Kernel",
            resources: [.embedInCode("Storage/Migrations")],
            swiftSettings: strict
        ),

        context("Identity", uses: ["Credits"]),
        context("Credits"),
        context("Inference", uses: ["Credits"]),
        block("Providers", ["Inference", .httpClient, .logging, .nio, .nioHTTP]),

        program(
            "hubd",
            at: "Sources/hubd",
            [
                "Kernel", "Contract", "RPC", "Postgres", "Redis", "Cryptography", "Identity", "Credits", "Inference",
                "Providers", "Settings", "Logs", .arguments, .httpClient, .lifecycle, .logging, .nio, .nioPosix,
                .protobuf, .signals,
            ],
            embedded: ["Descriptors/contract.pb"]
        ),
        program("hub", at: "Sources/hub", ["Contract", "RPC", .arguments, .logging, .nioPosix, .protobuf]),
        .executableTarget(
            name: "hub-gateway",
            dependencies: [
                "Contract", "RPC", "Settings", "Logs", .arguments, .httpTypes, .hummingbirdCore, .lifecycle, .logging,
                .nio,
                .nioHTTPTypes, .nioPosix, .protobuf, .signals,
            ],
            path: "Gateway",
            sources: ["Sources"],
            resources: [.embedInCode("OpenAPI/openapi.json")],
            swiftSettings: strict
        ),

        program("first-call", at: "Examples/FirstCall", ["Contract", "RPC", .protobuf]),
        program("four-kinds", at: "Examples/FourKinds", ["RPC", .logging, .nioPosix, .protobuf]),

        program("protoc-gen-hub", at: "tools/protoc-gen-hub", [.protobuf, .protobufPlugin]),
        program(
            "standin",
            at: "tools/standin",
            [
                .arguments, .httpTypes, .hummingbird, .lifecycle, .logging, .nio, .nioHTTPTypes, .nioPosix, .signals,
            ]
        ),

        .target(
            name: "Support",
            dependencies: ["Kernel", "Postgres", "RPC", "Redis", .collections, .logging, .nio, .nioPosix],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        .target(
            name: "Simulation",
            dependencies: [
                "Credits", "Kernel", "Contract", "RPC", "Postgres", "Cryptography", "Support", .logging, .protobuf,
            ],
            path: "Tests/Simulation",
            swiftSettings: strict
        ),
        tests(
            "RPCTests",
            ["RPC", .nio, .nioPosix, .nioEmbedded, .nioSSL, .protobuf, .logging, .metrics, .metricsTest],
            exclude: ["Interop/testing.proto", "Wire/kinds.proto"]
        ),
        tests("InteropTests", ["RPC", "Support", .logging, .nioPosix, .protobuf], exclude: ["Go", "Rust"]),
        tests("LoadTests", ["RPC", "Support", .logging, .nio, .nioPosix, .protobuf]),
        tests("PostgresTests", ["Postgres", "Support", .logging]),
        tests("RedisTests", ["Redis", "Support", .logging, .nio, .nioEmbedded, .nioPosix]),
        tests("CryptographyTests", ["Cryptography"]),
        tests("SettingsTests", ["Settings"]),
        tests("LogsTests", ["Logs", .logging]),
        tests("KernelTests", ["Kernel", "Postgres", "RPC", "Support"]),
        tests(
            "IdentityTests",
            [
                "Identity", "Credits", "Kernel", "Contract", "RPC", "Postgres", "Redis", "Cryptography", "Support",
                .logging, .nioPosix, .protobuf,
            ]
        ),
        tests(
            "CreditsTests",
            [
                "Credits", "Kernel", "Contract", "RPC", "Postgres", "Redis", "Simulation", "Support", .logging,
                .nioPosix, .protobuf,
            ]
        ),
        tests("SimulationTests", ["Simulation", "Support", "Postgres", "RPC", .logging]),
        tests(
            "InferenceTests",
            [
                "Inference", "Credits", "Kernel", "Contract", "RPC", "Postgres", "Redis", "Support", .logging,
                .nioPosix,
                .protobuf,
            ]
        ),
        tests(
            "ProvidersTests",
            ["Providers", "Inference", "Support", .httpClient, .logging, .nio, .nioHTTP],
            exclude: ["OpenAIPackage"]
        ),
        tests("GeneratorTests", ["protoc-gen-hub", .protobuf, .protobufPlugin], exclude: ["Golden"]),
        tests(
            "GatewayTests",
            [
                "hub-gateway", "Contract", "RPC", "Settings", .httpTypes, .hummingbirdCore, .lifecycle, .logging, .nio,
                .nioEmbedded, .nioHTTP, .nioHTTPTypes, .nioHTTPTypesHTTP1, .nioPosix, .protobuf,
            ]
        ),
        tests(
            "HubdTests",
            [
                "hubd", "Contract", "Credits", "Inference", "Kernel", "Postgres", "RPC", "Settings", "Support",
                .logging, .protobuf,
            ]
        ),
        tests("HubTests", ["hub", "Contract", "RPC", .arguments, .logging, .nioPosix, .protobuf]),
        tests(
            "ContractTests",
            ["Contract", "RPC", "Support", .protobuf],
            exclude: ["Descriptors", "ProtobufC/roundtrip.c"]
        ),
        tests(
            "EndToEndTests",
            [
                "Contract", "Credits", "RPC", "Postgres", "Simulation", "Support", .httpClient, .logging, .nio,
                .nioHTTP, .nioPosix, .protobuf,
            ],
            exclude: ["GenericClient"]
        ),
    ]
)

// The fuzzer is built by tools/fuzz only: the transport once more, with coverage, under libFuzzer's main.
// Optimised, with all assertions: four times as fast.
if Context.environment["HUB_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "rpc-fuzzer",
            dependencies: [
                "CZlib", "Cryptography", .collections, .logging, .metrics, .nio, .nioEmbedded, .nioPosix, .nioSSL,
                .nioTLS, .protobuf,
            ],
            path: "Tests/Fuzz",
            exclude: ["Corpus"],
            swiftSettings: strict + [
                .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library", "-O", "-assert-config", "Debug"])
            ],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
        )
    )
}

// What `tools/bench` measures and `tools/simulate` runs: opt-in, so that a normal build never sees it.
if Context.environment["HUB_BENCHMARKS"] != nil {
    package.targets += [
        program("rpc-subject", at: "Benchmarks/RPC", ["RPC", .logging, .nio, .nioPosix, .nioSSL, .protobuf]),
        program(
            "ledger-subject",
            at: "Benchmarks/Ledger",
            [
                "Contract", "Credits", "Kernel", "Postgres", "RPC", .arguments, .logging, .nio, .nioPosix,
                .protobuf,
            ]
        ),
        program("simulate", at: "Tests/Simulate", ["Simulation", .arguments]),
    ]
}
