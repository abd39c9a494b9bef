import Basics
import Hardware
import Integers
import Platform

/// How long products take on this machine: each of some shapes in every form of weights and inputs, on one thread, and what the roofline
/// model needs to know.
struct LatencyTable: Equatable {
    struct Product: Hashable {
        let layer: String
        /// Positions times samples, outputs, and weights of an output.
        let rows: Int
        let columns: Int
        let inner: Int

        var operations: Double { 2 * Double(rows) * Double(columns) * Double(inner) }
    }

    struct Entry: Equatable {
        let product: Product
        /// Seconds of each kind.
        let seconds: [String: Double]
    }

    let processor: String
    /// What products were computed with.
    let kernels: String
    /// As `yyyy-mm-dd`.
    let date: String
    let entries: [Entry]
    /// Bytes a second, operations a second by kind, and seconds a weight to unpack by kind.
    let bandwidth: Double
    let peaks: [String: Double]
    let unpacking: [String: Double]

    /// Rows, columns and inner numbers of products whose median speed is the roof: what products reach, not what units could.
    private static let roofs = [768, 1_024, 1_536]
    /// Outputs and inner numbers of the product that shows what unpacking takes.
    private static let unpacked = 1_024
    /// Bytes that do not fit a cache.
    private static let streamed = 256 << 20

    static var currentKernels: String {
        "OpenBLAS \(MatrixProduct.core), bytes by \(ByteProduct.best), signs by \(SignProduct.Kernel.best)"
    }

    /// Rounds in which every product is timed once: what else the machine does meanwhile hits all of them alike.
    private static let rounds = 15

    static func measure(_ products: [Product], run: LabRun) throws(LabFailure) -> LatencyTable {
        // Unpacking as it is of a product so narrow that little else is left.
        var benches = [ProductBench(rows: 1, columns: unpacked, inner: unpacked)]
        for roof in roofs {
            try run.pass()
            benches.append(ProductBench(rows: roof, columns: roof, inner: roof))
        }
        for product in products {
            try run.pass()
            benches.append(ProductBench(rows: product.rows, columns: product.columns, inner: product.inner))
        }
        var least = benches.map { _ in [String: Double]() }
        for round in 0..<rounds {
            for (place, bench) in benches.enumerated() {
                for kind in ProductKind.allCases {
                    try run.pass()
                    least[place][kind.rawValue] = min(
                        least[place][kind.rawValue] ?? .infinity, bench.seconds(kind, isFirst: round == 0))
                }
            }
            run.advance(Double(round + 1) / Double(rounds))
        }
        var peaks: [String: Double] = [:], unpacking: [String: Double] = [:]
        for kind in ProductKind.allCases {
            func time(_ place: Int, _ kind: ProductKind) -> Double { least[place][kind.rawValue] ?? 1 }
            if kind.multiplied == kind {
                let speeds = roofs.enumerated().map { place, roof in
                    2 * pow(Double(roof), 3) / time(1 + place, kind)
                }
                peaks[kind.rawValue] = speeds.sorted()[speeds.count / 2]
            } else {
                unpacking[kind.rawValue] =
                    max(0, time(0, kind) - time(0, kind.multiplied)) / Double(unpacked * unpacked)
            }
        }
        return LatencyTable(
            processor: ProcessorName.current, kernels: currentKernels, date: DateText.today,
            entries: zip(products, least.dropFirst(1 + roofs.count)).map { Entry(product: $0, seconds: $1) },
            bandwidth: measureBandwidth(), peaks: peaks, unpacking: unpacking)
    }

    /// Of reading, by one thread.
    private static func measureBandwidth() -> Double {
        let words = [UInt64](repeating: 1, count: streamed / 8)
        let clock = ContinuousClock()
        var least = Double.infinity, total: UInt64 = 0
        for _ in 0..<4 {
            let time = clock.measure {
                words.withUnsafeBufferPointer { words in
                    var sums = SIMD8<UInt64>(repeating: 0)
                    for start in stride(from: 0, to: words.count, by: 8) {
                        sums &+= UnsafeRawPointer(words.baseAddress! + start).loadUnaligned(as: SIMD8<UInt64>.self)
                    }
                    total &+= sums.wrappedSum()
                }
            }
            least = min(least, time / .seconds(1))
        }
        precondition(total > 0, "what was read was looked at")
        return Double(streamed) / least
    }

    /// This machine as the roofline model sees it, inputs having the bits that a kind's products are made of.
    func profile(_ kind: ProductKind) -> HardwareProfile {
        let multiplied = kind.multiplied
        return HardwareProfile(
            name: "here", summary: processor, source: "measured \(date)", bandwidth: bandwidth,
            peaks: [
                .init(
                    weightBits: multiplied.weightBits, activationBits: multiplied.inputBits,
                    operations: peaks[multiplied.rawValue] ?? 1)
            ], unpacking: unpacking[kind.rawValue] ?? 0, activationBits: kind.inputBits, batch: 1)
    }
}
