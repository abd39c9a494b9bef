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

    init(
        _ float: Network, _ compiled: CompiledNetwork, on samples: Samples, threads: Int, isInBackground: Bool,
        pass: () throws(LabFailure) -> Void
    ) throws(LabFailure) {
        self.threads = threads
        let tape = Tape(threads: threads, isInBackground: isInBackground)
        let runner = IntegerRunner(compiled, context: WorkContext(threads: threads, isInBackground: isInBackground))
        let medians = try TurnTiming.medians(2, pass: pass) { work throws(LabFailure) in
            if work == 0 { _ = try float.logits(of: samples, on: tape) } else { _ = try runner.logits(of: samples) }
        }
        (self.float, integer) = (medians[0], medians[1])
    }
}
