import Basics
import Explorer
import Foundation
import Quantization
import TensorFiles
import Tensors
import SeededRandom
import Testing

@testable import TerminalUI

/// 20,000 keys, pointer events and resizes over all samples.
@Suite struct RandomWalkTests {
    init() { setlocale(LC_CTYPE, "C.UTF-8") }

    private static let keys: [Key] =
        KeyMap.bindings.flatMap { $0.keys }
        + [
            .character("g"), .character("1"), .character("é"), .character("한"), .character(" "), .backspace, .delete,
            .control("a"), .control("e"), .control("k"), .control("w"), .control("n"), .control("p"), .other(999),
        ]

    /// Frames are always whole, and after every answer the numbers are those that a plain evaluation gives.
    @Test(arguments: 0..<4)
    func keysAndSizes(walk: Int) throws {
        var random = SeededRandom(UInt64(walk) + 1)
        var driver = try Driver(rows: 24, columns: 80)
        driver.glyphs = walk % 2 == 0 ? .braille : .ascii
        var compared = 0, seen = Set<Int>()
        for step in 0..<5_000 {
            // Every tensor has its turn.
            if step % 125 == 0 {
                for _ in 0..<4 { driver.key(.escape) }
                driver.perform(.pointed(.tensors, .row(step / 125 % driver.state.file.tensors.count)))
                driver.settle()
                seen.insert(driver.state.tensorIndex)
                compared += try compare(driver.state) ? 1 : 0
            }
            // Half of the answers come late, as on a large tensor.
            let settles = Bool.random(using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0:
                driver.resize(
                    rows: Int.random(in: 1...70, using: &random), columns: Int.random(in: 1...240, using: &random),
                    settles: settles)
            case 1, 2:
                driver.pointer(
                    [.press, .drag, .release, .wheelUp, .wheelDown].randomElement(using: &random)!,
                    Int.random(in: 0...driver.rows, using: &random),
                    Int.random(in: 0...driver.columns, using: &random), settles: settles)
            case 3: driver.perform(.matchStepped(forward: Bool.random(using: &random)), settles: settles)
            default:
                let key = Self.keys.randomElement(using: &random)!
                // Leaving is tested elsewhere; other folders of the machine are not the test's to open.
                if key == .character("q") || key == .character("o") { continue }
                driver.key(key, settles: settles)
            }
            if case .files = driver.state.overlay { driver.key(.escape) }
            if step % 4 == 0 {
                let canvas = driver.canvas
                #expect(canvas.rows == driver.rows && canvas.columns == driver.columns)
                if driver.glyphs.isASCII { #expect(canvas.cells.allSatisfy { $0.scalar < 0x80 }) }
            }
            #expect(!driver.state.shouldQuit, "step \(step)")
            guard step % 10 == 0 else { continue }
            driver.settle()
            seen.insert(driver.state.tensorIndex)
            compared += try compare(driver.state) ? 1 : 0
        }
        #expect(
            compared > 300 && seen.count == driver.state.file.tensors.count,
            "\(compared) comparisons on \(seen.count) tensors")
    }

    /// A key asks for one evaluation at most, and what it asks for is all that the screen then shows.
    @Test func oneEvaluationAKey() throws {
        var random = SeededRandom(11), keyMap = KeyMap(), evaluations = 0
        var state = ExplorerState(
            file: try SampleCatalog.open(), tensorName: "gauss", recipe: try Recipe("int4 sym channel:0"),
            pageLength: PageLength.lines)
        let worker = OfflineWorker()
        func count(_ requests: [Request]) -> Int {
            requests.count { if case .evaluate = $0 { true } else { false } }
        }
        #expect(count(state.reduce(.resized(rows: 36, columns: 120))) == 0 && count(state.reduce(.started)) == 1)
        for step in 0..<2_000 {
            // What lies over the panels takes most keys: it is closed soon.
            let isCovered = state.overlay != nil && Bool.random(using: &random)
            let key = isCovered ? .escape : Self.keys.randomElement(using: &random)!
            if key == .character("q") || key == .character("o") { continue }
            guard let action = keyMap.action(for: key, in: state) else { continue }
            let requests = state.reduce(action)
            #expect(count(requests) <= 1, "\(key) at \(step)")
            evaluations += count(requests)
            if case .evaluate(let request)? = requests.last(where: { count([$0]) == 1 }) {
                #expect(request.generation == state.generation && request.recipe == state.recipe)
                #expect(request.question.bins == state.plotColumns)
            }
            if let plot = state.layout[.distribution] {
                #expect(DistributionPanel.plot(in: plot.inner).width == state.plotColumns, "\(key) at \(step)")
            }
            // Answers ask for nothing that the key did not ask for.
            for request in requests where step % 7 == 0 {
                guard case .evaluate = request else { continue }
                for answer in worker.answers(to: request) { #expect(count(state.reduce(answer)) == 0) }
            }
        }
        #expect(evaluations > 250, "\(evaluations)")
    }

    /// What the error panel says, and a plain evaluation of the same recipe.
    private func compare(_ state: ExplorerState) throws -> Bool {
        #expect(state.isIdle)
        guard let shown = state.evaluation else {
            #expect(state.problem != nil)
            return false
        }
        let context = WorkContext(threads: 1)
        let plain = try Evaluator(state.tensor, recipe: state.recipe).evaluate(context)
        #expect(shown.isExact && shown.metrics == plain.metrics, "\(state.tensor.name) \(state.recipe)")
        if let objective = state.objective, objective.current.limit > 0 {
            #expect(objective.choices.allSatisfy { $0.mse.isFinite && $0.mse >= 0 })
            #expect(objective.areChoicesExact)
        }
        if let detail = state.detail {
            let total = detail.original.counts.reduce(0, +) + detail.original.below + detail.original.above
            // Entries that are calibrated on are left out of everything but the statistics.
            let entries = state.recipe.rangeMode.calibrationEntries, shape = state.tensor.shape
            let left = entries == 0 ? state.tensor : state.tensor.entries(entries..<shape.extents[0])
            let finite = left.values(0..<left.count).count { $0.isFinite }
            #expect(
                Int(total) <= finite && (detail.rangeCount > 1 && detail.coverage == .range || Int(total) == finite))
            // A vector has one code for several values.
            #expect(
                !detail.quantizer.isScalar
                    || detail.errors.counts.reduce(0, +) + detail.errors.below + detail.errors.above
                        == detail.codeCounts.reduce(0, +)
            )
        }
        return true
    }
}
