import Quantization

/// The objective panel: its cursor, the choices that it steps through, and the limit that it sets; and the timeline's cursor.
extension ExplorerState {
    /// Where the cursor of the objective is.
    public var objectiveLimit: Double? {
        objectiveCursor ?? detail.map { Double(max(abs($0.quantizer.range.low), abs($0.quantizer.range.high))) }
    }

    /// The axis of the curves.
    public var objectiveAxis: Axis? {
        guard let first = objective?.points.first, let last = objective?.points.last, first.limit < last.limit else {
            return nil
        }
        return Axis(low: first.limit, high: last.limit, isLogarithmic: true)
    }

    /// Columns of the curves, where they are shown.
    private var objectiveColumns: Int {
        layout[.objective].map { ObjectivePanel.parts(in: $0.inner).plot.width } ?? plotColumns
    }

    /// The calibrator whose choice the cursor is on.
    var objectiveChoice: ObjectiveCurves.Choice? {
        guard let limit = objectiveLimit else { return nil }
        let at = objective?.choices.filter { $0.limit == limit } ?? []
        return at.first { $0.clipping == recipe.clipping } ?? at.first
    }

    mutating func moveOnObjective(_ motion: Action.Motion) -> [Request] {
        guard let axis = objectiveAxis, let objective, let limit = objectiveLimit else {
            say(reasonWithoutLimits)
            return []
        }
        let column = 1 / Double(objectiveColumns)
        // To a point of the curves, so that the numbers are those of the very limit.
        func step(_ columns: Double) -> [Request] {
            let wanted = axis.value(at: max(0, min(1, axis.share(of: limit) + columns * column)))
            objectiveCursor = objective.nearest(to: wanted)?.limit
            return []
        }
        switch motion {
        case .left: return step(-1)
        case .right: return step(1)
        case .pageUp: return step(-10)
        case .pageDown: return step(10)
        case .halfPageUp: return step(-5)
        case .halfPageDown: return step(5)
        case .first: objectiveCursor = axis.low
        case .last: objectiveCursor = axis.high
        case .up, .down:
            // To the next choice of a calibrator, tighter or wider.
            let limits = objective.choices.map { $0.limit }
            let next = motion == .up ? limits.last { $0 < limit } : limits.first { $0 > limit }
            guard let next else {
                say(Words.noFurtherChoice)
                return []
            }
            objectiveCursor = next
        }
        return []
    }

    /// Enter: the calibrator that the cursor is on, else its limit as a manual one.
    mutating func takeObjectiveLimit() -> [Request] {
        guard let limit = objectiveLimit, objective != nil else {
            say(reasonWithoutLimits)
            return []
        }
        if let choice = objectiveChoice {
            var next = recipe
            next.clipping = choice.clipping
            say(next == recipe ? Words.alreadyInUse(choice.clipping) : Words.calibratorTaken(choice.clipping))
            return change(to: next)
        }
        let requests = setLimit(limit)
        if !requests.isEmpty { say(Words.limitTaken(recipe.clipping.description)) }
        return requests
    }

    /// The range that a limit stands for, as manual limits; one step to undo while it is dragged.
    mutating func setLimit(_ wanted: Double) -> [Request] {
        guard let objective, let axis = objectiveAxis, wanted > 0 else {
            say(reasonWithoutLimits)
            return []
        }
        let columns = objectiveColumns
        let limit = Self.rounded(wanted, to: axis.step(at: wanted, columns: columns))
        let low = recipe.mapping == .asymmetric ? max(min(0, Double(objective.minimum)), -limit) : -limit
        let high = recipe.mapping == .asymmetric ? min(max(0, Double(objective.maximum)), limit) : limit
        guard let clipping = Clipping(name: "manual", numbers: [low, high]), low < high else {
            say(Words.noNarrowerClip)
            return []
        }
        var next = recipe
        next.clipping = clipping
        objectiveCursor = nil
        guard next != recipe else { return [] }
        return takeMovedClip(next)
    }

    mutating func moveOnTimeline(_ motion: Action.Motion) -> [Request] {
        guard let timeline else {
            say(reasonForWaiting)
            return []
        }
        let last = timeline.entryCount - 1, size = timeline.entries.first?.entries.count ?? 1
        let moved =
            switch motion {
            case .left: -size
            case .right: size
            default: offset(of: motion, length: timeline.entryCount)
            }
        timelineCursor = max(0, min(last, timelineCursor + moved))
        return []
    }
}
