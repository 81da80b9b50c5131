// swift-tools-version: 6.3
import PackageDescription

// The settings of all targets. Language mode 6 makes data races compile errors; the three upcoming features keep existentials visible,
// keep imports from leaking out of a module, and make every file name the modules it uses. A warning is an error.
let standardSettings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

// Targets that touch no C library also refuse unmarked unsafe constructs.
let safeSettings: [SwiftSetting] = standardSettings + [.strictMemorySafety()]

let package = Package(
  name: "echochat",
  products: [
    .executable(name: "echochat-rest", targets: ["RestFCGI"]),
    .executable(name: "echochat-push", targets: ["PushDaemon"]),
    .executable(name: "echochat-outbound", targets: ["Outbound"]),
    .executable(name: "echochatctl", targets: ["EchoChatCtl"]),
    .executable(name: "echochat-ws-echo", targets: ["WebSocketEcho"]),
    .executable(name: "echochat-media", targets: ["MediaProbe"]),
    .executable(name: "echochat-bench", targets: ["LoadGenerator"]),
    .executable(name: "echochat-floor", targets: ["Floor"]),
  ],
  targets: [
    // Shared by the programs. Each module may import only the modules in its dependencies.
    .target(name: "Domain", path: "Sources/Shared/Domain", swiftSettings: safeSettings),
    .target(name: "Wire", dependencies: ["Domain"], path: "Sources/Shared/Wire", swiftSettings: safeSettings),
    .target(
      name: "Configuration", dependencies: ["Domain", "HTTPSyntax", "TextSearch"], path: "Sources/Shared/Configuration",
      swiftSettings: safeSettings),
    .target(name: "HTTPSyntax", path: "Sources/Shared/HTTPSyntax", swiftSettings: safeSettings),
    .target(name: "Posix", dependencies: ["CLinux"], path: "Sources/Shared/Posix", swiftSettings: standardSettings),
    .target(
      name: "SQL", dependencies: ["CGatheredWAL", "CSQLite", "Domain", "Posix"], path: "Sources/Shared/SQL", swiftSettings: standardSettings
    ),
    .target(name: "Media", dependencies: ["Posix"], path: "Sources/Shared/Media", swiftSettings: safeSettings),
    .target(name: "TextSearch", path: "Sources/Shared/TextSearch", swiftSettings: safeSettings),
    .target(
      name: "SearchIndex", dependencies: ["Domain", "SQL", "TextSearch"], path: "Sources/Shared/SearchIndex",
      swiftSettings: standardSettings),
    .target(
      name: "Store", dependencies: ["Domain", "SQL", "SearchIndex", "TextSearch"], path: "Sources/Shared/Store",
      swiftSettings: standardSettings),
    .target(
      name: "Auth", dependencies: ["CCrypt", "COpenSSL", "CSodium", "HTTPSyntax", "Posix"], path: "Sources/Shared/Auth",
      swiftSettings: standardSettings),
    .target(name: "Notify", dependencies: ["Posix"], path: "Sources/Shared/Notify", swiftSettings: standardSettings),
    .target(
      name: "Chat",
      dependencies: ["Auth", "Configuration", "Domain", "Media", "Notify", "Posix", "SQL", "SearchIndex", "Store", "TextSearch", "Wire"],
      path: "Sources/Shared/Chat", swiftSettings: standardSettings),

    // REST over FastCGI.
    .executableTarget(
      name: "RestFCGI", dependencies: ["CFastCGI", "Chat", "Configuration", "Domain", "HTTPSyntax", "Posix", "Wire"],
      path: "Sources/RestFCGI",
      swiftSettings: standardSettings
    ),

    // The push daemon. The event loop knows nothing about chat, the WebSocket codec nothing about sockets.
    .target(name: "EventLoop", dependencies: ["CLinux", "Posix"], path: "Sources/PushDaemon/EventLoop", swiftSettings: standardSettings),
    .target(name: "WebSocket", dependencies: ["HTTPSyntax"], path: "Sources/PushDaemon/WebSocket", swiftSettings: standardSettings),
    .executableTarget(
      name: "PushDaemon",
      dependencies: [
        "Auth", "CLinux", "Chat", "Configuration", "Domain", "EventLoop", "HTTPSyntax", "Notify", "Posix", "WebSocket", "Wire",
      ],
      path: "Sources/PushDaemon", exclude: ["EventLoop", "WebSocket"], swiftSettings: standardSettings),

    // What delivers to the outside: the only program that opens connections to other hosts.
    .target(name: "Curl", dependencies: ["CCurl", "Configuration"], path: "Sources/Outbound/Curl", swiftSettings: standardSettings),
    .executableTarget(
      name: "Outbound", dependencies: ["Chat", "Configuration", "Curl", "Domain", "HTTPSyntax", "Posix"], path: "Sources/Outbound",
      exclude: ["Curl"], swiftSettings: standardSettings),

    // The operator's command line.
    .executableTarget(
      name: "EchoChatCtl", dependencies: ["Chat", "Configuration", "Domain", "HTTPSyntax", "Posix", "SQL", "Store", "Wire"],
      path: "Sources/EchoChatCtl",
      swiftSettings: standardSettings),

    // Tests mirror the sources.
    .target(
      name: "TestSupport", dependencies: ["Chat", "Configuration", "Domain", "Posix", "SQL", "Store", "Wire"], path: "Tests/TestSupport",
      swiftSettings: standardSettings),
    .testTarget(
      name: "DomainTests", dependencies: ["Domain", "TestSupport"], path: "Tests/Shared/DomainTests", swiftSettings: standardSettings),
    .testTarget(
      name: "WireTests", dependencies: ["Domain", "TestSupport", "Wire"], path: "Tests/Shared/WireTests", swiftSettings: standardSettings),
    .testTarget(
      name: "ConfigurationTests", dependencies: ["Configuration", "Domain", "HTTPSyntax", "Posix", "TestSupport"],
      path: "Tests/Shared/ConfigurationTests", swiftSettings: standardSettings),
    .testTarget(
      name: "HTTPSyntaxTests", dependencies: ["HTTPSyntax"], path: "Tests/Shared/HTTPSyntaxTests", swiftSettings: standardSettings),
    .testTarget(
      name: "PosixTests", dependencies: ["Posix", "TestSupport"], path: "Tests/Shared/PosixTests", swiftSettings: standardSettings),
    .testTarget(
      name: "SQLTests", dependencies: ["Domain", "Posix", "SQL", "Store", "TestSupport"], path: "Tests/Shared/SQLTests",
      swiftSettings: standardSettings),
    .testTarget(
      name: "MediaTests", dependencies: ["Media", "Posix", "TestSupport"], path: "Tests/Shared/MediaTests", swiftSettings: standardSettings),
    .testTarget(
      name: "TextSearchTests", dependencies: ["TestSupport", "TextSearch"], path: "Tests/Shared/TextSearchTests",
      swiftSettings: standardSettings),
    .testTarget(
      name: "SearchIndexTests", dependencies: ["Domain", "SQL", "SearchIndex", "TestSupport", "TextSearch"],
      path: "Tests/Shared/SearchIndexTests", swiftSettings: standardSettings),
    .testTarget(
      name: "StoreTests", dependencies: ["Domain", "Posix", "SQL", "Store", "TestSupport", "TextSearch"], path: "Tests/Shared/StoreTests",
      swiftSettings: standardSettings),
    .testTarget(
      name: "AuthTests", dependencies: ["Auth", "HTTPSyntax", "Posix", "TestSupport"], path: "Tests/Shared/AuthTests",
      swiftSettings: standardSettings),
    .testTarget(
      name: "NotifyTests", dependencies: ["Notify", "Posix", "TestSupport"], path: "Tests/Shared/NotifyTests",
      swiftSettings: standardSettings),
    .testTarget(
      name: "ChatTests",
      dependencies: [
        "Auth", "Chat", "Configuration", "Domain", "HTTPSyntax", "Posix", "SQL", "SearchIndex", "Store", "TestSupport", "TextSearch",
        "Wire",
      ],
      path: "Tests/Shared/ChatTests", swiftSettings: standardSettings),
    .testTarget(
      name: "RestFCGITests", dependencies: ["Chat", "Configuration", "Domain", "HTTPSyntax", "Posix", "RestFCGI", "TestSupport", "Wire"],
      path: "Tests/RestFCGITests",
      swiftSettings: standardSettings),
    .testTarget(
      name: "OutboundTests", dependencies: ["Chat", "Configuration", "Curl", "Domain", "HTTPSyntax", "Outbound", "Posix", "TestSupport"],
      path: "Tests/OutboundTests", swiftSettings: standardSettings),
    .testTarget(
      name: "EchoChatCtlTests", dependencies: ["Domain", "EchoChatCtl"], path: "Tests/EchoChatCtlTests", swiftSettings: standardSettings),
    .testTarget(
      name: "EventLoopTests", dependencies: ["EventLoop", "Posix", "TestSupport"], path: "Tests/PushDaemon/EventLoopTests",
      swiftSettings: standardSettings),
    .testTarget(
      name: "PushDaemonTests",
      dependencies: [
        "Auth", "Chat", "Configuration", "Domain", "EventLoop", "HTTPSyntax", "Posix", "PushDaemon", "TestSupport", "WebSocket", "Wire",
      ],
      path: "Tests/PushDaemon/PushDaemonTests", swiftSettings: standardSettings),
    .testTarget(
      name: "WebSocketTests", dependencies: ["WebSocket"], path: "Tests/PushDaemon/WebSocketTests", swiftSettings: standardSettings),

    .executableTarget(
      name: "WebSocketEcho", dependencies: ["Auth", "EventLoop", "Posix", "WebSocket"], path: "Tests/WebSocketEcho",
      swiftSettings: standardSettings),
    .executableTarget(
      name: "MediaProbe", dependencies: ["Media", "Posix"], path: "Tests/MediaProbe", swiftSettings: standardSettings),
    .executableTarget(
      name: "LoadGenerator", dependencies: ["Auth", "CLinux", "EventLoop", "Posix", "WebSocket"], path: "Tests/Benchmarks/LoadGenerator",
      swiftSettings: standardSettings),
    .executableTarget(
      name: "Floor", dependencies: ["Auth", "CFastCGI", "CSQLite", "EventLoop", "Posix", "WebSocket"], path: "Tests/Benchmarks/Floor",
      swiftSettings: standardSettings),

    // C libraries, one module each; no pointer of theirs leaves the Swift module that imports it.
    .target(name: "CLinux", path: "Sources/Shared/CLibraries/CLinux"),
    .target(name: "CGatheredWAL", dependencies: ["CSQLite"], path: "Sources/Shared/CLibraries/CGatheredWAL"),
    .systemLibrary(name: "CSQLite", path: "Sources/Shared/CLibraries/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "COpenSSL", path: "Sources/Shared/CLibraries/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CSodium", path: "Sources/Shared/CLibraries/CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(
      name: "CCurl", path: "Sources/Shared/CLibraries/CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CCrypt", path: "Sources/Shared/CLibraries/CCrypt", providers: [.apt(["libcrypt-dev"])]),
    .systemLibrary(name: "CFastCGI", path: "Sources/Shared/CLibraries/CFastCGI", providers: [.apt(["libfcgi-dev"])]),
  ]
)
