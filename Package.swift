// swift-tools-version: 6.3
import PackageDescription

// House settings, once. Language mode 6 makes data races compile errors; the three upcoming features keep existentials visible,
// keep imports from leaking out of a module, and make every file name the modules it uses. A warning is an error.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

// Targets that touch no C library also refuse unmarked unsafe constructs.
let pure: [SwiftSetting] = house + [.strictMemorySafety()]

let package = Package(
  name: "echochat",
  products: [
    .executable(name: "echochat-rest", targets: ["RestFCGI"]),
    .executable(name: "echochat-push", targets: ["PushDaemon"]),
    .executable(name: "echochatctl", targets: ["EchoChatCtl"]),
    .executable(name: "echochat-ws-echo", targets: ["WebSocketEcho"]),
    .executable(name: "echochat-bench", targets: ["LoadGenerator"]),
    .executable(name: "echochat-floor", targets: ["Floor"]),
  ],
  targets: [
    // What both programs know. Each module exists because it forbids something: the arrows below are all there are.
    .target(name: "Domain", path: "Sources/Shared/Domain", swiftSettings: pure),
    .target(name: "Wire", dependencies: ["Domain"], path: "Sources/Shared/Wire", swiftSettings: pure),
    .target(name: "Configuration", dependencies: ["Domain"], path: "Sources/Shared/Configuration", swiftSettings: pure),
    .target(name: "HTTPSyntax", path: "Sources/Shared/HTTPSyntax", swiftSettings: pure),
    .target(name: "Posix", dependencies: ["CLinux"], path: "Sources/Shared/Posix", swiftSettings: house),
    .target(name: "SQL", dependencies: ["CGatheredWAL", "CSQLite", "Domain", "Posix"], path: "Sources/Shared/SQL", swiftSettings: house),
    .target(name: "TextSearch", path: "Sources/Shared/TextSearch", swiftSettings: pure),
    .target(
      name: "SearchIndex", dependencies: ["Domain", "SQL", "TextSearch"], path: "Sources/Shared/SearchIndex", swiftSettings: house),
    .target(
      name: "Store", dependencies: ["Domain", "SQL", "SearchIndex", "TextSearch"], path: "Sources/Shared/Store", swiftSettings: house),
    .target(name: "Auth", dependencies: ["COpenSSL", "CSodium", "HTTPSyntax", "Posix"], path: "Sources/Shared/Auth", swiftSettings: house),
    .target(name: "Notify", dependencies: ["Posix"], path: "Sources/Shared/Notify", swiftSettings: house),
    .target(
      name: "Chat",
      dependencies: ["Auth", "Configuration", "Domain", "Notify", "Posix", "SQL", "SearchIndex", "Store", "TextSearch", "Wire"],
      path: "Sources/Shared/Chat", swiftSettings: house),

    // Answers a request.
    .executableTarget(
      name: "RestFCGI", dependencies: ["CFastCGI", "Chat", "Configuration", "Domain", "HTTPSyntax", "Posix", "Wire"],
      path: "Sources/RestFCGI",
      swiftSettings: house
    ),

    // Holds the line open. The event loop knows nothing about chat, the WebSocket codec nothing about sockets.
    .target(name: "EventLoop", dependencies: ["CLinux", "Posix"], path: "Sources/PushDaemon/EventLoop", swiftSettings: house),
    .target(name: "WebSocket", dependencies: ["HTTPSyntax"], path: "Sources/PushDaemon/WebSocket", swiftSettings: house),
    .executableTarget(
      name: "PushDaemon",
      dependencies: ["Auth", "CLinux", "Chat", "Configuration", "Domain", "EventLoop", "Notify", "Posix", "WebSocket", "Wire"],
      path: "Sources/PushDaemon", exclude: ["EventLoop", "WebSocket"], swiftSettings: house),

    // The operator's command line.
    .executableTarget(
      name: "EchoChatCtl", dependencies: ["Auth", "Chat", "Configuration", "Domain", "Posix", "SQL", "Store"], path: "Sources/EchoChatCtl",
      swiftSettings: house),

    // Tests mirror the sources.
    .target(
      name: "TestSupport", dependencies: ["Chat", "Configuration", "Domain", "Posix", "SQL", "Store", "Wire"], path: "Tests/TestSupport",
      swiftSettings: house),
    .testTarget(name: "DomainTests", dependencies: ["Domain", "TestSupport"], path: "Tests/Shared/DomainTests", swiftSettings: house),
    .testTarget(name: "WireTests", dependencies: ["Domain", "TestSupport", "Wire"], path: "Tests/Shared/WireTests", swiftSettings: house),
    .testTarget(
      name: "ConfigurationTests", dependencies: ["Configuration", "Domain", "Posix", "TestSupport"],
      path: "Tests/Shared/ConfigurationTests", swiftSettings: house),
    .testTarget(name: "HTTPSyntaxTests", dependencies: ["HTTPSyntax"], path: "Tests/Shared/HTTPSyntaxTests", swiftSettings: house),
    .testTarget(
      name: "PosixTests", dependencies: ["Posix", "TestSupport"], path: "Tests/Shared/PosixTests", swiftSettings: house),
    .testTarget(
      name: "SQLTests", dependencies: ["Domain", "Posix", "SQL", "Store", "TestSupport"], path: "Tests/Shared/SQLTests",
      swiftSettings: house),
    .testTarget(
      name: "TextSearchTests", dependencies: ["TestSupport", "TextSearch"], path: "Tests/Shared/TextSearchTests", swiftSettings: house),
    .testTarget(
      name: "SearchIndexTests", dependencies: ["Domain", "SQL", "SearchIndex", "TestSupport", "TextSearch"],
      path: "Tests/Shared/SearchIndexTests", swiftSettings: house),
    .testTarget(
      name: "StoreTests", dependencies: ["Domain", "Posix", "SQL", "Store", "TestSupport", "TextSearch"], path: "Tests/Shared/StoreTests",
      swiftSettings: house),
    .testTarget(
      name: "AuthTests", dependencies: ["Auth", "HTTPSyntax", "Posix", "TestSupport"], path: "Tests/Shared/AuthTests", swiftSettings: house),
    .testTarget(
      name: "NotifyTests", dependencies: ["Notify", "Posix", "TestSupport"], path: "Tests/Shared/NotifyTests", swiftSettings: house),
    .testTarget(
      name: "ChatTests",
      dependencies: ["Chat", "Configuration", "Domain", "Posix", "SQL", "SearchIndex", "Store", "TestSupport", "TextSearch", "Wire"],
      path: "Tests/Shared/ChatTests", swiftSettings: house),
    .testTarget(
      name: "RestFCGITests", dependencies: ["Chat", "Configuration", "Domain", "HTTPSyntax", "Posix", "RestFCGI", "TestSupport", "Wire"],
      path: "Tests/RestFCGITests",
      swiftSettings: house),
    .testTarget(
      name: "EventLoopTests", dependencies: ["EventLoop", "Posix", "TestSupport"], path: "Tests/PushDaemon/EventLoopTests",
      swiftSettings: house),
    .testTarget(
      name: "PushDaemonTests",
      dependencies: ["Chat", "Configuration", "Domain", "EventLoop", "Posix", "PushDaemon", "TestSupport", "WebSocket", "Wire"],
      path: "Tests/PushDaemon/PushDaemonTests", swiftSettings: house),
    .testTarget(name: "WebSocketTests", dependencies: ["WebSocket"], path: "Tests/PushDaemon/WebSocketTests", swiftSettings: house),

    .executableTarget(
      name: "WebSocketEcho", dependencies: ["Auth", "EventLoop", "Posix", "WebSocket"], path: "Tests/WebSocketEcho", swiftSettings: house),
    .executableTarget(
      name: "LoadGenerator", dependencies: ["Auth", "CLinux", "EventLoop", "Posix", "WebSocket"], path: "Tests/Benchmarks/LoadGenerator",
      swiftSettings: house),
    .executableTarget(
      name: "Floor", dependencies: ["Auth", "CFastCGI", "CSQLite", "EventLoop", "Posix", "WebSocket"], path: "Tests/Benchmarks/Floor",
      swiftSettings: house),

    // C libraries, one module each; no pointer of theirs leaves the Swift module that imports it.
    .target(name: "CLinux", path: "Sources/Shared/CLibraries/CLinux"),
    .target(name: "CGatheredWAL", dependencies: ["CSQLite"], path: "Sources/Shared/CLibraries/CGatheredWAL"),
    .systemLibrary(name: "CSQLite", path: "Sources/Shared/CLibraries/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "COpenSSL", path: "Sources/Shared/CLibraries/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CSodium", path: "Sources/Shared/CLibraries/CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CFastCGI", path: "Sources/Shared/CLibraries/CFastCGI", providers: [.apt(["libfcgi-dev"])]),
  ]
)
