import Basics
import Quantization

/// Reverse-mode differentiation: operations write down, as they compute, how to pass gradients back; `backward` reads that from the
/// end to the start.
///
/// Each operation is a method in a file of its own. It makes a node for its result, and records a closure that takes the result's
/// gradient and **adds** to the gradients of what it was made of, since a value may be used more than once.
///
/// Work is split into shards of samples, or by channels, whatever the number of threads, and partial sums are folded in order: the
/// same seed gives the same bits on any number of cores.
final class Tape: @unchecked Sendable {
    private let pool = FloatPool()
    private var steps: [() -> Void] = []
    private let context: WorkContext
    /// Gradients are wanted: operations record.
    private(set) var isRecording = true

    /// - Precondition: `MatrixProduct.prepare` went well.
    init(threads: Int, isInBackground: Bool = false) {
        context = WorkContext(threads: threads, isInBackground: isInBackground)
    }

    // MARK: Values

    /// A value that operations compute.
    func node(_ shape: [Int], needsGradient: Bool) -> Node {
        let count = shape.reduce(1, *)
        let node = Node(
            shape: shape, data: pool.floats(count),
            gradient: needsGradient && isRecording ? pool.floats(count) : nil)
        node.gradient?.clear()
        return node
    }

    /// A value from outside, such as a batch of images.
    func constant(_ values: [Float], _ shape: [Int]) -> Node {
        let node = node(shape, needsGradient: false)
        node.data.copy(values)
        return node
    }

    /// A parameter as it is: its gradient is the parameter's own.
    func leaf(_ parameter: Parameter) -> Node {
        Node(
            shape: parameter.shape, data: parameter.values,
            gradient: isRecording && parameter.isTrained ? parameter.gradient : nil, owner: parameter)
    }

    /// Room for an operation's own numbers, with unspecified content.
    func scratch(_ count: Int) -> Floats { pool.floats(count) }

    // MARK: Passes

    func record(_ step: @escaping () -> Void) { if isRecording { steps.append(step) } }

    /// Passes ∂loss/∂loss = 1 back through everything that was recorded.
    ///
    /// - Precondition: `loss` is one number that was computed on this tape.
    func backward(from loss: Node) {
        precondition(loss.count == 1, "a loss is one number")
        loss.gradient?[0] = 1
        for step in steps.reversed() { step() }
    }

    /// Forgets the pass; its values are gone.
    func clear() {
        steps.removeAll(keepingCapacity: true)
        pool.reclaim()
    }

    /// Runs `body` without recording, and forgets what it computed.
    func withoutGradients<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = isRecording
        isRecording = false
        defer {
            isRecording = before
            // Within another such pass its values are still in use.
            if before { clear() }
        }
        return try body()
    }

    // MARK: Cores

    /// Samples of a shard. Sums over samples depend on it in their last digits.
    static let shardSize = 8

    /// Calls `body(shard, samples)` for all shards of `samples` on all cores.
    func forEachShard(_ samples: Int, _ body: @Sendable (Int, Range<Int>) -> Void) {
        forEach((samples + Self.shardSize - 1) / Self.shardSize) { shard in
            body(shard, shard * Self.shardSize..<min(samples, (shard + 1) * Self.shardSize))
        }
    }

    func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        // Its flag is never set: whoever stops a training does it between steps.
        try? context.forEach(0..<count) { index, _ in body(index) }
    }

    /// Calls `body(shard, samples, sum)` like `forEachShard`, each with `count` zeros of its own, and then adds these up in order
    /// into `target`.
    func addOverShards(
        _ samples: Int, _ count: Int, into target: Floats,
        _ body: @Sendable (Int, Range<Int>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let shards = (samples + Self.shardSize - 1) / Self.shardSize
        let parts = scratch(shards * count)
        parts.clear()
        forEachShard(samples) { shard, range in body(shard, range, parts + shard * count) }
        for shard in 0..<shards {
            let part = parts + shard * count
            for i in 0..<count { target[i] += part[i] }
        }
    }
}
