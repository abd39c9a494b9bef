import Basics
import Explorer
import Platform

/// Round numbers along an axis: 1, 2 or 5 times a power of ten apart.
struct Ticks {
    struct Mark: Equatable {
        let value: Double
        let text: String
    }

    let marks: [Mark]

    init(marks: [Mark]) { self.marks = marks }

    /// On an axis of equal ratios 1, 2 and 5 times powers of ten, or fewer of them.
    init(_ axis: Axis, most: Int) {
        guard axis.isLogarithmic, axis.low > 0, axis.high > axis.low, axis.high.isFinite else {
            self.init(low: axis.low, high: axis.high, most: most)
            return
        }
        let first = Int(log10(axis.low).rounded(.down)), last = Int(log10(axis.high).rounded(.up))
        var all: [Mark] = []
        for power in first...last {
            for digit in [1.0, 2, 5] {
                let value = digit * pow(10, Double(power))
                guard value >= axis.low * 0.999, value <= axis.high * 1.001 else { continue }
                all.append(Mark(value: value, text: NumberText.short(value)))
            }
        }
        let every = max(1, (all.count + most - 1) / max(1, most))
        self.init(marks: all.indices.filter { $0 % every == 0 }.map { all[$0] })
    }

    /// - Parameter most: how many there may be at most.
    init(low: Double, high: Double, most: Int) {
        guard low.isFinite, high.isFinite, high > low, most >= 1 else {
            marks = []
            return
        }
        let rough = (high - low) / Double(most), power = pow(10, log10(rough).rounded(.down))
        let step = power * ([1.0, 2, 5, 10].first { $0 * power >= rough * 0.999_999 } ?? 10)
        guard step > 0, step.isFinite, (high - low) / step < 1_000 else {
            marks = []
            return
        }
        let first = (low / step - 1e-9).rounded(.up), last = (high / step + 1e-9).rounded(.down)
        guard first <= last else {
            marks = []
            return
        }
        let places = max(0, Int(-log10(step).rounded(.down)))
        let largest = max(abs(first), abs(last)) * step
        marks = stride(from: first, through: last, by: 1).map { index in
            let value = index * step
            let text =
                value == 0
                ? "0"
                : places <= 4 && largest < 1e5
                    ? NumberText.fixed(value, places: places) : NumberText.significant(value, digits: 3)
            return Mark(value: value, text: text)
        }
    }

    /// The marks whose texts fit side by side, and their columns: others are dropped, those in the middle of gaps first.
    func placed(in width: Int, share: (Double) -> Double) -> [(mark: Mark, tick: Int, column: Int)] {
        for every in [1, 2, 5, 10, 20, 50] {
            var end = -1, placed: [(mark: Mark, tick: Int, column: Int)] = []
            var fits = true
            for (number, mark) in marks.enumerated() where isKept(mark, number, every: every) {
                let place = share(mark.value)
                guard place >= 0, place <= 1 else { continue }
                let tick = min(width - 1, Int(place * Double(width))), length = CharacterWidth.of(mark.text)
                let column = max(0, min(width - length, tick - length / 2))
                if column < end { fits = false }
                end = column + length + 2
                placed.append((mark, tick, column))
            }
            if fits { return placed.filter { $0.column + CharacterWidth.of($0.mark.text) <= width } }
        }
        return []
    }

    /// Of equal steps those whose numbers are rounder, of others every second one or fewer.
    private func isKept(_ mark: Mark, _ number: Int, every: Int) -> Bool {
        guard every > 1, marks.count > 2 else { return true }
        let step = marks[1].value - marks[0].value
        let isEven = abs(marks[2].value - marks[1].value - step) < step / 2
        return (isEven ? Int((mark.value / step).rounded()) : number) % every == 0
    }
}
