// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "visualizer", path: "..")],
  targets: [
    .target(name: "Children", linkerSettings: [.linkedLibrary("ncursesw")]),
    .executableTarget(
      name: "Benchmarks",
      dependencies: ["Children", .product(name: "Models", package: "visualizer")]),
  ],
  swiftLanguageModes: [.v6])
