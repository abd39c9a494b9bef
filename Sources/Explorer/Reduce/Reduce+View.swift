import Basics
import Platform
import Quantization

/// The plots: what of the axis they show, the cursor on it, and the clip limits.
extension ExplorerState {
    mutating func reduceView(_ action: Action) -> [Request] {
        switch action {
        case .coverageSwitched:
            guard let count = evaluation?.rangeCount, count > 1 else {
                say(evaluation == nil ? reasonForWaiting : Words.onlyOneRange)
                return []
            }
            coversAll.toggle()
            return showWholeAxis()
        case .countScaleSwitched:
            hasLogCounts.toggle()
            return []
        case .axisScaleSwitched:
            hasLogAxis.toggle()
            wholeAxis = nil
            axis = nil
            // The old histogram does not fit the new axis.
            results.detail = nil
            say(hasLogAxis ? Words.logAxisShown : Words.linearAxisShown)
            return showWholeAxis()
        case .axisZoomed(let inward, let place): return zoom(inward: inward, around: place)
        case .axisShown: return showWholeAxis()
        case .clipStepped(let edge, let right): return stepClip(edge, right: right)
        default: return []
        }
    }

    private mutating func showWholeAxis() -> [Request] {
        window = nil
        return [request(keepsEvaluation: true)]
    }

    // MARK: Window

    private mutating func zoom(inward: Bool, around place: Double?) -> [Request] {
        guard let axis else {
            say(reasonForWaiting)
            return []
        }
        let share = place ?? cursorValue.map { max(0, min(1, axis.share(of: Double($0)))) } ?? 0.5
        if !inward, window == nil {
            say(Words.wholeAxisShown)
            return []
        }
        guard let next = axis.scaled(by: inward ? 0.5 : 2, around: share) else {
            say(Words.noFinerAxis)
            return []
        }
        return show(next)
    }

    /// Shows a part of the axis, or all of it where the part would reach beyond on both sides.
    private mutating func show(_ next: Axis) -> [Request] {
        if let wholeAxis, next.low <= wholeAxis.low, next.high >= wholeAxis.high { return showWholeAxis() }
        guard let part = DetailQuestion.Window(low: next.low, high: next.high) else { return [] }
        window = part
        axis = next
        return [request(keepsEvaluation: true)]
    }

    // MARK: Cursor

    mutating func moveOnAxis(_ motion: Action.Motion) -> [Request] {
        guard let axis else {
            say(reasonForWaiting)
            return []
        }
        let columns = plotColumns, column = 1 / Double(columns)
        switch motion {
        case .up: return zoom(inward: true, around: nil)
        case .down: return zoom(inward: false, around: nil)
        case .left, .right:
            let now = cursorValue.map { axis.share(of: Double($0)) } ?? 0.5
            let wanted = now + (motion == .left ? -column : column)
            return putCursor(at: now < 0 || now > 1 ? 0.5 : wanted, on: axis)
        case .pageUp: return pan(-0.5)
        case .pageDown: return pan(0.5)
        case .halfPageUp: return pan(-0.25)
        case .halfPageDown: return pan(0.25)
        case .first: return putCursor(at: column / 2, on: axis)
        case .last: return putCursor(at: 1 - column / 2, on: axis)
        }
    }

    /// The cursor takes the window along where it leaves it.
    private mutating func putCursor(at share: Double, on axis: Axis) -> [Request] {
        if share >= 0, share <= 1 {
            cursor = axis.value(at: share)
            return []
        }
        guard window != nil, let next = axis.moved(by: share < 0 ? share : share - 1) else { return [] }
        cursor = axis.value(at: share)
        return show(next)
    }

    private mutating func pan(_ share: Double) -> [Request] {
        guard let axis, window != nil else {
            say(Words.wholeAxisShown)
            return []
        }
        guard let next = axis.moved(by: share) else { return [] }
        return show(next)
    }

    // MARK: Clip limits

    /// The limits to move from: those that were asked for last, else those in use.
    private var clipLimits: (low: Double, high: Double)? {
        if recipe.clipping.name == "manual" { return (recipe.clipping.numbers[0], recipe.clipping.numbers[1]) }
        return knownRange?.shortest
    }

    private mutating func stepClip(_ edge: Action.ClipEdge, right: Bool) -> [Request] {
        guard hasLimits, let axis, let limits = clipLimits else {
            say(reasonWithoutLimits)
            return []
        }
        let from = edge == .low ? limits.low : limits.high
        let step = axis.step(at: from == 0 ? axis.high : from, columns: plotColumns)
        return moveClip(edge, to: from + (right ? step : -step))
    }

    /// Enter in a plot: the nearer limit comes to the cursor.
    mutating func takeCursorAsLimit() -> [Request] {
        guard hasLimits, let value = cursorValue.map(Double.init), let limits = clipLimits else {
            say(reasonWithoutLimits)
            return []
        }
        let isHigh = abs(value - limits.low) >= abs(value - limits.high)
        let requests = moveClip(isHigh ? .high : .low, to: value)
        if !requests.isEmpty { say(Words.limitMoved(isHigh: isHigh, NumberText.significant(value))) }
        return requests
    }

    mutating func moveClip(_ edge: Action.ClipEdge, to wanted: Double) -> [Request] {
        guard let axis, let limits = clipLimits else {
            say(reasonForWaiting)
            return []
        }
        let step = axis.step(at: wanted == 0 ? axis.high : wanted, columns: plotColumns)
        // As short as a step allows, so that the recipe stays readable.
        let value = Self.rounded(wanted, to: step)
        var low = limits.low, high = limits.high
        if recipe.mapping == .asymmetric {
            // The range is widened to hold zero: a limit beyond it would not be where it is drawn.
            if edge == .low { low = min(value, 0) } else { high = max(value, 0) }
        } else {
            // Symmetric ranges have one limit, which both lines show.
            high = edge == .low ? -value : value
            low = -high
        }
        // Never down to nothing.
        guard high - low >= step / 2, low <= high, let clipping = Clipping(name: "manual", numbers: [low, high]) else {
            say(Words.noNarrowerClip)
            return []
        }
        var next = recipe
        next.clipping = clipping
        guard next != recipe else {
            say(Words.limitAtEnd)
            return []
        }
        return takeMovedClip(next)
    }

    /// Takes a recipe with other limits; those after it are the same step.
    mutating func takeMovedClip(_ next: Recipe) -> [Request] {
        defer { isMovingClip = true }
        if let count = evaluation?.rangeCount, count > 1 { say(Words.manualIsForAll(count)) }
        if isMovingClip { return requests(for: next) }

        return change(to: next)
    }

    /// To the largest power of ten that is not above a quarter of the step.
    static func rounded(_ value: Double, to step: Double) -> Double {
        guard step > 1e-300, step.isFinite else { return value }
        let places = -Int(log10(step / 4).rounded(.down))
        if places <= 0 {
            let unit = pow(10, Double(-places))
            return (value / unit).rounded() * unit
        }
        guard places < 300 else { return value }
        // Through the text, so that the number is the nearest to its short form.
        return Double(NumberText.fixed(value, places: places)).map { $0 == 0 ? 0 : $0 } ?? value
    }
}
