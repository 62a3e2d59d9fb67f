// swift-tools-version:6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

let package = Package(
    name: "purser",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "purser", targets: ["PurserCommand"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibJWT", pkgConfig: "libjwt", providers: [.apt(["libjwt-dev", "libjansson-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Not from Context.gitInformation: SwiftPM caches it with the manifest, so that it would name an older commit.
        .target(
            name: "CBuildInformation",
            cSettings: [.define("PURSER_COMMIT", to: "\"\(Context.environment["PURSER_COMMIT"] ?? "unknown")\"")]
        ),

        .target(name: "CProcess"),

        .target(name: "StrictJSON"),
        .target(name: "StrictForm"),
        .target(name: "Compression", dependencies: ["CZlib"]),
        .target(name: "Cryptography", dependencies: ["CLibCrypto"]),
        .target(
            name: "Vending",
            dependencies: ["StrictJSON", .product(name: "HeapModule", package: "swift-collections")]
        ),
        .target(
            name: "Outbound",
            dependencies: [
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .target(name: "Tokens", dependencies: ["CLibJWT", "Cryptography", "Outbound", "StrictJSON", "Vending"]),
        .target(
            name: "AWS",
            dependencies: [
                "CProcess", "Cryptography", "Outbound", "StrictJSON", "Vending",
                .product(name: "DequeModule", package: "swift-collections"),
            ]
        ),
        .target(name: "AccountSetup", dependencies: ["AWS", "Vending"]),
        .target(
            name: "Browser", dependencies: ["Cryptography", "StrictJSON", "Vending"], exclude: ["Module"],
            resources: [.embedInCode("Released")]
        ),
        .target(name: "Observability", dependencies: [.product(name: "Logging", package: "swift-log")]),
        .target(
            name: "ServerTLS",
            dependencies: [
                "Cryptography",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Service",
            dependencies: [
                "Observability",
                "ServerTLS",
                "StrictForm",
                "StrictJSON",
                "Vending",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Description/openapi.json")]
        ),
        .target(
            name: "Sandbox",
            dependencies: [
                "Compression",
                "Cryptography",
                "StrictForm",
                "StrictJSON",
                "Tokens",
                "Vending",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Store/Pages")]
        ),
        .target(
            name: "BrokerConfiguration",
            dependencies: [
                "AWS", "Cryptography", "ServerTLS", "StrictJSON", "Tokens", "Vending",
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("Schema/configuration.schema.json")]
        ),
        .executableTarget(
            name: "PurserCommand",
            dependencies: [
                "AWS", "AccountSetup", "Browser", "BrokerConfiguration", "CBuildInformation", "CProcess", "Compression",
                "Cryptography", "Observability", "Outbound", "Sandbox", "ServerTLS", "Service", "StrictJSON", "Tokens",
                "Vending",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            resources: [.embedInCode("Status/status.html")]
        ),

        .executableTarget(
            name: "purser-bench-tokens",
            dependencies: [
                "CLibCrypto", "Cryptography", "StrictJSON", "Tokens", "Vending",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/Benchmarks"
        ),
        .target(name: "TestSupport", dependencies: ["CZlib", "Vending"], path: "Tests/TestSupport"),
        .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON", "TokenProperties"]),
        .testTarget(name: "StrictFormTests", dependencies: ["StrictForm"]),
        .testTarget(name: "CompressionTests", dependencies: ["Compression", "TestSupport"]),
        .testTarget(name: "CryptographyTests", dependencies: ["Cryptography", "TestSupport"]),
        .testTarget(name: "VendingTests", dependencies: ["StrictJSON", "TestSupport", "Vending"]),
        .testTarget(
            name: "OutboundTests",
            dependencies: [
                "Outbound", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .target(
            name: "TokenProperties",
            dependencies: [
                "Cryptography", "Service", "StrictJSON", "Tokens", "Vending",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            path: "Tests/TokenProperties"),
        .testTarget(
            name: "TokensTests",
            dependencies: [
                "Cryptography", "Outbound", "StrictJSON", "TestSupport", "TokenProperties", "Tokens", "Vending",
            ]),
        .testTarget(name: "AWSTests", dependencies: ["AWS", "Cryptography", "Outbound", "TestSupport", "Vending"]),
        .testTarget(name: "AccountSetupTests", dependencies: ["AWS", "AccountSetup", "TestSupport", "Vending"]),
        .testTarget(
            name: "BrokerConfigurationTests",
            dependencies: [
                "AWS", "BrokerConfiguration", "Cryptography", "ServerTLS", "StrictJSON", "TestSupport", "Tokens",
                "Vending",
                .product(name: "Yams", package: "Yams"),
            ]),
        .testTarget(name: "BrowserTests", dependencies: ["Browser", "Vending"]),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: ["Observability", "TestSupport", .product(name: "Logging", package: "swift-log")]
        ),
        .testTarget(
            name: "ServerTLSTests",
            dependencies: [
                "ServerTLS", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "Observability", "ServerTLS", "Service", "StrictJSON", "TestSupport", "Vending",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOExtras", package: "swift-nio-extras"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "AWS", "AccountSetup", "Cryptography", "Sandbox", "StrictJSON", "TestSupport", "Tokens", "Vending",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "PurserCommandTests",
            dependencies: [
                "AWS", "AccountSetup", "BrokerConfiguration", "Observability", "Outbound", "PurserCommand", "Sandbox",
                "ServerTLS", "Service", "TestSupport", "Tokens",
                "Vending", .product(name: "Logging", package: "swift-log"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// libFuzzer is in the toolchain, but only what `make fuzz` builds is linked with it.
if let runtime = Context.environment["PURSER_FUZZ_RUNTIME"] {
    package.targets.append(
        .executableTarget(
            name: "purser-fuzz", dependencies: ["TokenProperties"], path: "Tests/Fuzz",
            linkerSettings: [.unsafeFlags([runtime]), .linkedLibrary("stdc++")]))
    for target in package.targets
    where ["Cryptography", "Service", "StrictJSON", "Tokens", "TokenProperties"].contains(target.name) {
        target.swiftSettings = [
            .unsafeFlags(["-sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table"])
        ]
    }
}

// One place for the strictness of every target. CI also turns warnings into errors.
for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .strictMemorySafety(),
        ]
    if Context.environment["CI"] != nil {
        target.swiftSettings?.append(.treatAllWarnings(as: .error))
    }
}
