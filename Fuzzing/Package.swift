// swift-tools-version: 6.2
import PackageDescription

/// A package of its own: only a build with libFuzzer has the symbols that its program needs.
let package = Package(
    name: "Fuzzing",
    dependencies: [.package(name: "qlens", path: "..")],
    targets: [
        .target(name: "Counters"),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["Counters", .product(name: "TensorFiles", package: "qlens")],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]),
    ],
    swiftLanguageModes: [.v6]
)
