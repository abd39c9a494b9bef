import Basics
import Foundation
import Quantization
import TensorFiles
import Tensors

// Times the phases of the engine on one tensor: `swift run -c release Bench FILE.npy [threads] [formats|decode]`; with `formats` only
// what each format takes; with `decode` what reading every tensor of the file as Float32 takes, in GB/s of Float32.
// Every figure is the median of seven runs; GB/s counts the tensor's bytes once.
let arguments = CommandLine.arguments
guard arguments.count >= 2 else {
    print("usage: Bench FILE [threads] [formats]")
    throw Usage()
}
struct Usage: Error {}

func median(_ runs: Int = 7, _ body: () throws -> Void) rethrows -> Double {
    var times: [Double] = []
    for _ in 0..<runs {
        let clock = ContinuousClock()
        let took = try clock.measure(body)
        times.append(Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18)
    }
    return times.sorted()[runs / 2]
}

if arguments.contains("decode") {
    let threads = Int(arguments[2]) ?? 2, tile = 1 << 16
    for tensor in try FileFormatCatalog.open(path: arguments[1]).tensors {
        let seconds = median {
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                let scratch = UnsafeMutablePointer<Float>.allocate(capacity: tile)
                defer { scratch.deallocate() }
                for first in stride(from: thread * tile, to: tensor.count, by: threads * tile) {
                    tensor.withValues(first..<min(first + tile, tensor.count), scratch: scratch) { _ in }
                }
            }
        }
        let rate = (Double(tensor.count) * 4e-7 / seconds).rounded() / 100
        print("\(rate) GB/s\t\(tensor.elementType.rawValue)")
    }
    exit(0)
}

let tensor = try FileFormatCatalog.open(path: arguments[1]).tensor(named: nil)
let context = WorkContext(threads: arguments.count > 2 ? Int(arguments[2]) ?? 2 : WorkContext.processors)
let gigabytes = Double(tensor.byteCount) / 1e9

func report(_ name: String, _ seconds: Double) {
    let milliseconds = (seconds * 1e4).rounded() / 10, rate = (gigabytes / seconds * 100).rounded() / 100
    print("\(milliseconds) ms\t\(rate) GB/s\t\(name)")
}

var summary = try FirstPass(tensor).run(context)
report("first pass: statistics, percentiles, histogram", try median { summary = try FirstPass(tensor).run(context) })
/// Each format at its usual settings: the exact result, and the answer to a key before it.
for text in FormatCatalog.families.flatMap({ $0.tableSettings }) {
    let recipe = try Recipe(text)
    let exact = try median(3) { _ = try Evaluator(tensor, recipe: recipe, summary: summary).evaluate(context) }
    let sample = try TensorSample(tensor, for: recipe)
    let question = DetailQuestion(range: 0, bins: 80)
    let estimate = try median(5) {
        _ = try Evaluator.estimate(tensor, recipe: recipe, sample: sample, summary: summary, context: context)
    }
    let detail = try median(5) {
        _ = try Evaluator.estimatedDetail(
            tensor, recipe: recipe, sample: sample, summary: summary, question: question, context: context)
    }
    let making = try median(3) { _ = try TensorSample(tensor, for: recipe) }
    func milliseconds(_ seconds: Double) -> Double { (seconds * 1e4).rounded() / 10 }
    print(
        "\(milliseconds(exact)) ms\t\((gigabytes / exact * 100).rounded() / 100) GB/s\t≈ \(milliseconds(making)) + \(milliseconds(estimate)) ms, detail \(milliseconds(detail)) ms\t\(text)"
    )
}
guard !arguments.contains("formats") else { exit(0) }
let recipes = [
    "int4 sym tensor", "int8 sym tensor", "int8 asym tensor", "int16 sym tensor", "int4 sym channel:0",
    "int4 sym channel:1", "int4 sym group:128", "int4 asym group:32", "int4 sym group:128@0", "int4 sym block:128x128",
    "int4 sym tensor round:down", "int4 sym tensor round:stochastic:1", "int4 sym tensor clip:percentile:99.9",
    "int4 sym tensor clip:mse", "int8 sym tensor clip:mse",
]
/// Recipes that look for a range: timed from nothing, first pass included, and then again with what the first one left.
let calibrators = [
    "clip:mse", "clip:entropy", "clip:percentile:99.9", "clip:mae", "clip:aciq-gauss", "clip:aciq-laplace",
    "clip:octav",
    "clip:sigma:3",
]
for clip in calibrators {
    for bits in [4, 8] {
        let recipe = try Recipe("int\(bits) sym tensor \(clip)")
        var evaluating = 0.0
        let whole = try median(5) {
            let fresh = try FirstPass(tensor).run(context)
            let evaluator = try Evaluator(tensor, recipe: recipe, summary: fresh)
            _ = try evaluator.quantizer(ofRange: 0, context: context)
        }
        evaluating = try median(5) {
            _ = try Evaluator(tensor, recipe: recipe, summary: summary).quantizer(ofRange: 0, context: context)
        }
        let objective = try median(5) {
            _ = try Evaluator(tensor, recipe: recipe, summary: summary).objective(
                ofRange: 0, points: 200, settles: false, context: context)
        }
        print(
            "\((whole * 1e4).rounded() / 10) ms first pass and range, \((evaluating * 1e4).rounded() / 10) ms range again, \((objective * 1e4).rounded() / 10) ms objective panel\t\(recipe)"
        )
    }
}
for bits in [4, 8, 12, 16] {
    let evaluator = try Evaluator(tensor, recipe: try Recipe("int\(bits) asym tensor"), summary: summary)
    for settles in [false, true] {
        let time = try median(3) {
            _ = try evaluator.objective(ofRange: 0, points: 120, settles: settles, context: context)
        }
        print(
            "\((time * 1e4).rounded() / 10) ms objective, \(settles ? "settled" : "proposed")\tint\(bits) asym tensor")
    }
    report(
        "detail, int\(bits) asym",
        try median(3) {
            _ = try evaluator.detail(DetailQuestion(range: 0, bins: 60), context: context)
        })
    report(
        "timeline, int\(bits) asym",
        try median(3) {
            _ = try evaluator.timeline(ofRange: 0, columns: 60, context: context)
        })
}
for text in recipes {
    let recipe = try Recipe(text)
    report(text, try median { _ = try Evaluator(tensor, recipe: recipe, summary: summary).evaluate(context) })
}
for text in recipes {
    let recipe = try Recipe(text)
    let making = try median(3) { _ = try TensorSample(tensor, for: recipe) }
    let sample = try TensorSample(tensor, for: recipe)
    let estimating = try median {
        _ = try Evaluator.estimate(tensor, recipe: recipe, sample: sample, summary: summary, context: context)
    }
    print("\((making * 1e4).rounded() / 10) + \((estimating * 1e4).rounded() / 10) ms\tsample + estimate, \(text)")
}
