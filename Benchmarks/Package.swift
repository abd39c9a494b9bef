// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(name: "qlens", path: "..")],
    targets: [
        .executableTarget(
            name: "Bench",
            dependencies: [
                .product(name: "Quantization", package: "qlens"),
                .product(name: "TensorFiles", package: "qlens"),
            ]),
        .executableTarget(
            name: "PlanBench", dependencies: [.product(name: "Allocation", package: "qlens")]),
        .executableTarget(
            name: "PaintBench",
            dependencies: [
                .product(name: "Quantization", package: "qlens"), .product(name: "TensorFiles", package: "qlens"),
                .product(name: "TerminalUI", package: "qlens"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
