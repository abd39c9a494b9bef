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
            stepCoverage()
            return isAxisLocked ? [request(keepsEvaluation: true)] : showWholeAxis()
        case .countScaleSwitched:
            hasLogCounts.toggle()
            return []
        case .axisScaleSwitched:
            hasLogAxis.toggle()
            isAxisLocked = false
            wholeAxis = nil
            axis = nil
            // The old histogram does not fit the new axis.
            results.detail = nil
            results[TwoDistributionsQuestion.self] = nil
            say(hasLogAxis ? Words.logAxisShown : Words.linearAxisShown)
            return showWholeAxis()
        case .axisZoomed(let inward, let place): return zoom(inward: inward, around: place)
        case .axisShown:
            isAxisLocked = false
            return showWholeAxis()
        case .axisLockSwitched: return switchAxisLock()
        case .clipStepped(let edge, let right): return stepClip(edge, right: right)
        default: return []
        }
    }

    /// From all elements in units to one range and to all as they are.
    private mutating func stepCoverage() {
        switch coverage {
        case .units: coverage = .range
        case .range: coverage = .values
        case .values: coverage = .units
        }
        say(Words.coverage(coverage))
    }

    mutating func showWholeAxis() -> [Request] {
        window = nil
        return [request(keepsEvaluation: true)]
    }

    /// Keeps what the axis shows, whatever tensor is opened, or lets it go.
    private mutating func switchAxisLock() -> [Request] {
        if isAxisLocked {
            isAxisLocked = false
            say(Words.axisUnlocked)
            return showWholeAxis()
        }
        guard let axis = movedAxis, let part = DetailQuestion.Window(low: axis.low, high: axis.high) else {
            say(reasonForWaiting)
            return []
        }
        (window, self.axis, isAxisLocked) = (part, axis, true)
        say(Words.axisLocked(NumberText.significant(axis.low, digits: 3), NumberText.significant(axis.high, digits: 3)))
        return [request(keepsEvaluation: true)]
    }

    /// The axis that keys move on: the wanted part, else the whole one of the panel with the focus.
    private var movedAxis: Axis? {
        focus == .twoDistributions && window == nil ? twoDistributionsAxis ?? axis : axis
    }
    private var movedWhole: Axis? { focus == .twoDistributions ? comparison.wholeAxis : wholeAxis }
    private var movedColumns: Int {
        guard focus == .twoDistributions, let rect = layout[.twoDistributions] else { return plotColumns }
        return max(1, TwoDistributionsPanel.plot(in: rect.inner).width)
    }

    // MARK: Window

    private mutating func zoom(inward: Bool, around place: Double?) -> [Request] {
        guard let axis = movedAxis else {
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
        if !isAxisLocked, let whole = movedWhole, next.low <= whole.low, next.high >= whole.high {
            return showWholeAxis()
        }
        guard let part = DetailQuestion.Window(low: next.low, high: next.high) else { return [] }
        window = part
        axis = next
        return [request(keepsEvaluation: true)]
    }

    // MARK: Cursor

    mutating func moveOnAxis(_ motion: Action.Motion) -> [Request] {
        guard let axis = movedAxis else {
            say(reasonForWaiting)
            return []
        }
        let columns = movedColumns, column = 1 / Double(columns)
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
        guard let axis = movedAxis, window != nil else {
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
