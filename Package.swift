// swift-tools-version: 6.2
import PackageDescription

/// Every target is built in the Swift 6 language mode with warnings as errors.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Numerical targets stay optimised in debug builds: the tests run them over real tensors.
let optimised: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// The kernels are one source file built for several instruction sets. Other processors than x86-64 use the baseline.
#if arch(x86_64)
    let v3: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])]
    let v4: [SwiftSetting] = [
        .unsafeFlags(["-Xcc", "-march=x86-64-v4", "-Xcc", "-mprefer-vector-width=512"])
    ]
#else
    let v3: [SwiftSetting] = []
    let v4: [SwiftSetting] = []
#endif

let package = Package(
    name: "qlens",
    products: [
        .executable(name: "qlens", targets: ["qlens"]),
        .library(name: "Quantization", targets: ["Basics", "Tensors", "Quantization"]),
        .library(name: "TensorFiles", targets: ["TensorFiles"]),
        .library(name: "Allocation", targets: ["Allocation"]),
        .library(name: "TerminalUI", targets: ["Explorer", "TerminalUI"]),
    ],
    dependencies: [
        // What it prints as help is part of the documentation.
        .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2"))
    ],
    targets: [
        .target(name: "CSystem"),
        .target(name: "Platform"),
        .target(name: "Basics", dependencies: ["CSystem", "Platform"], swiftSettings: optimised),
        .target(name: "CAllocation", dependencies: ["CSystem"]),
        .target(name: "Tensors", dependencies: ["Basics", "CSystem", "Platform"], swiftSettings: optimised),
        .target(name: "Allocation", swiftSettings: optimised),
        .target(name: "KernelTypes", swiftSettings: optimised),
        .target(name: "KernelsBaseline", dependencies: ["KernelTypes"], swiftSettings: optimised),
        .target(name: "KernelsV3", dependencies: ["KernelTypes"], swiftSettings: optimised + v3),
        .target(name: "KernelsV4", dependencies: ["KernelTypes"], swiftSettings: optimised + v4),
        .target(
            name: "Quantization",
            dependencies: [
                "Basics", "Platform", "Tensors", "CSystem", "KernelTypes", "KernelsBaseline", "KernelsV3", "KernelsV4",
            ],
            swiftSettings: optimised),
        .systemLibrary(name: "CMinizip", providers: [.apt(["libminizip-dev"]), .brew(["minizip"])]),
        .target(
            name: "TensorFiles", dependencies: ["Basics", "Platform", "Tensors", "CMinizip", "CSystem"],
            swiftSettings: optimised),
        .target(name: "Hardware", dependencies: ["Basics", "Tensors", "TensorFiles"], swiftSettings: optimised),
        .target(
            name: "Checkpoints",
            dependencies: ["Allocation", "Basics", "Hardware", "Platform", "Tensors", "Quantization", "TensorFiles"],
            swiftSettings: optimised),
        .target(
            name: "Export",
            dependencies: ["Basics", "Platform", "Tensors", "Quantization", "TensorFiles", "Checkpoints"],
            swiftSettings: optimised),
        .target(
            name: "Reports",
            dependencies: ["Basics", "Platform", "Tensors", "Quantization", "TensorFiles", "Checkpoints"],
            swiftSettings: optimised),
        .target(name: "CBitProducts"),
        .target(name: "CIntegers", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(name: "Integers", dependencies: ["CIntegers"], swiftSettings: optimised),
        .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
        .target(
            name: "Lab",
            dependencies: [
                "Allocation", "Basics", "Platform", "Tensors", "Quantization", "TensorFiles", "CBitProducts",
                "COpenBLAS", "Hardware", "Integers",
            ],
            swiftSettings: optimised),
        .target(
            name: "Explorer",
            dependencies: [
                "Basics", "Platform", "CSystem", "Tensors", "Quantization", "TensorFiles", "Checkpoints",
                "Hardware", "Lab",
            ],
            swiftSettings: strict),
        .target(
            name: "TerminalUI",
            dependencies: ["Basics", "Platform", "Explorer", "Checkpoints", "Quantization", "Tensors", "CSystem"],
            swiftSettings: strict),
        .systemLibrary(name: "CNcurses", providers: [.apt(["libncursesw5-dev"]), .brew(["ncurses"])]),
        .target(
            name: "Curses", dependencies: ["Basics", "Platform", "TerminalUI", "CNcurses", "CSystem"],
            swiftSettings: strict),
        .executableTarget(
            name: "qlens",
            dependencies: [
                "CAllocation", "CSystem", "Basics", "Platform", "Tensors", "Quantization", "TensorFiles", "Checkpoints",
                "Export", "Hardware", "Reports", "Lab", "Explorer", "TerminalUI", "Curses",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests and what they need.
        .systemLibrary(name: "CVTerm", path: "Tests/Support/CVTerm", providers: [.apt(["libvterm-dev"])]),
        .target(name: "CFloatFlags", path: "Tests/Support/CFloatFlags"),
        .target(name: "CPseudoTerminal", path: "Tests/Support/CPseudoTerminal"),
        .target(
            name: "PseudoTerminal", dependencies: ["CPseudoTerminal", "CVTerm"], path: "Tests/Support/PseudoTerminal",
            swiftSettings: strict),
        .executableTarget(
            name: "terminal-probe", dependencies: ["Curses", "TerminalUI"], path: "Tests/Support/TerminalProbe",
            swiftSettings: strict),
        .target(name: "SeededRandom", path: "Tests/Support/SeededRandom", swiftSettings: optimised),
        .target(name: "Fixtures", path: "Tests/Support/Fixtures", swiftSettings: strict),
        .testTarget(name: "AllocationTests", dependencies: ["Allocation", "SeededRandom"], swiftSettings: strict),
        .testTarget(name: "TensorsTests", dependencies: ["Basics", "Tensors"], swiftSettings: strict),
        .testTarget(
            name: "QuantizationTests",
            dependencies: [
                "Basics", "KernelTypes", "Quantization", "Tensors", "TensorFiles", "SeededRandom", "Fixtures",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TensorFilesTests",
            dependencies: ["Basics", "TensorFiles", "Tensors", "Quantization", "SeededRandom", "Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "CheckpointsTests",
            dependencies: [
                "Basics", "Checkpoints", "Hardware", "Quantization", "TensorFiles", "Tensors", "SeededRandom",
                "Fixtures",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ExportTests",
            dependencies: [
                "Basics", "Checkpoints", "Export", "Quantization", "TensorFiles", "Tensors", "SeededRandom", "Fixtures",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReportsTests",
            dependencies: [
                "Basics", "Checkpoints", "Reports", "Quantization", "TensorFiles", "Tensors", "SeededRandom",
                "Fixtures",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "LabTests",
            dependencies: [
                "Basics", "CFloatFlags", "Hardware", "Integers", "Lab", "Quantization", "TensorFiles", "Tensors",
                "Fixtures",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ExplorerTests",
            dependencies: [
                "Basics", "Explorer", "Hardware", "Lab", "Checkpoints", "Quantization", "TensorFiles", "Tensors",
                "SeededRandom",
                "Fixtures",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "TerminalUITests",
            dependencies: [
                "Basics", "TerminalUI", "Explorer", "Lab", "Checkpoints", "Quantization", "TensorFiles", "Tensors",
                "SeededRandom", "Fixtures",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Basics", "PseudoTerminal", "TensorFiles", "Tensors", "Fixtures", "qlens", "terminal-probe",
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
