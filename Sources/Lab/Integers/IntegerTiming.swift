import Basics
import Integers
import Quantization

/// How long a network takes in float32 with OpenBLAS and in whole numbers, from samples to logits.
struct IntegerTiming {
    let threads: Int
    /// Seconds for all samples: the medians of runs that took turns.
    let float: Double
    let integer: Double

    var speed: Double { float / integer }

    static let runs = 7

    init(
        _ float: Network, _ compiled: CompiledNetwork, on samples: Samples, threads: Int, isInBackground: Bool,
        pass: () throws(LabFailure) -> Void
    ) throws(LabFailure) {
        self.threads = threads
        let tape = Tape(threads: threads, isInBackground: isInBackground)
        let runner = IntegerRunner(compiled, context: WorkContext(threads: threads, isInBackground: isInBackground))
        let clock = ContinuousClock()
        var times: (float: [Double], integer: [Double]) = ([], [])
        // The first run of each pays for pages and caches.
        for run in 0...Self.runs {
            try pass()
            let start = clock.now
            _ = try float.logits(of: samples, on: tape)
            let middle = clock.now
            _ = try runner.logits(of: samples)
            let end = clock.now
            guard run > 0 else { continue }
            times.float.append((middle - start) / .seconds(1))
            times.integer.append((end - middle) / .seconds(1))
        }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        (self.float, integer) = (median(times.float), median(times.integer))
    }
}
