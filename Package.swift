// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "visualizer",
  products: [
    .executable(name: "visualizer", targets: ["Visualizer"]),
    .library(name: "Models", targets: ["Models"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(
      name: "CNcurses",
      linkerSettings: [.linkedLibrary("ncursesw")]),
    .systemLibrary(name: "CPcap", providers: [.apt(["libpcap-dev"])]),
    .systemLibrary(name: "CRename"),
    .target(name: "Models", swiftSettings: strict),
    .target(
      name: "BundledScenarios", exclude: ["yaml/schema.json"],
      resources: [.embedInCode("yaml")]),
    .target(name: "PageTemplate", resources: [.embedInCode("template")]),
    .executableTarget(
      name: "Visualizer",
      dependencies: [
        "BundledScenarios",
        "CNcurses",
        "CPcap",
        "CRename",
        "Models",
        "PageTemplate",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    .testTarget(name: "ModelsTests", dependencies: ["Models"], swiftSettings: strict),
    .testTarget(
      name: "VisualizerTests", dependencies: ["BundledScenarios", "Models", "Visualizer"],
      exclude: ["Fixtures", "Golden"], swiftSettings: strict),
    // Two things that Swift's Glibc leaves out; in C, as they hang on a definition before its headers.
    .target(name: "PseudoTerminalSupport", path: "Tests/PseudoTerminalSupport"),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["BundledScenarios", "PseudoTerminalSupport", "Visualizer"],
      exclude: ["README.md"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6])
