import Checkpoints
import Quantization

/// What the Plan screen remembers: the settings of the plan, what is known of the file's weights, and the plan itself.
struct PlanState: ScreenMemory {
    var settings = PlanSettings()
    /// What can be gone back and forth to.
    var past: [PlanSettings] = []
    var future: [PlanSettings] = []

    /// nil until the screen was looked at.
    var candidates: PlanCandidates? { didSet { planner = nil } }
    /// Pieces of the walk: recipes on weights; how many there are, and how many have no answer yet.
    var pieces = 0
    var pending = 0
    var isPaused = false
    /// Why the walk could not go on.
    var walkProblem: String?
    /// Counts the surveys and plans that were asked for, so that late answers are known as such.
    var surveyNumber = 0
    var planNumber = 0

    /// Of what is known; nil before anything is.
    var plan: Plan?
    /// What every budget comes to.
    var outlook: PlanOutlook?
    /// Of all that is known, for other budgets of the same settings; nil before everything is, as it would soon be of too little.
    var planner: Planner?
    /// Why there is no plan.
    var problem: String?

    /// The tensor under the cursor, as a position in the file.
    var cursor: Int?
    /// The tensor that was opened from here.
    var opened: Int?
    var column = PlanColumn.name
    var filter = LineEditor()

    /// With so many weights a plan is made on another thread.
    static let manyWeights = 1_000
    static let usualBudget = PlanBudget.bits(4.25)

    var budget: PlanBudget { settings.budget ?? Self.usualBudget }

    mutating func forgetFile() {
        // Names and what a file holds are its own; how one plans is not.
        var next = PlanState()
        next.settings.treatments = settings.treatments
        next.settings.hardware = settings.hardware
        next.column = column
        (next.surveyNumber, next.planNumber) = (surveyNumber + 1, planNumber + 1)
        self = next
    }
}

/// A column of the Plan screen's table.
enum PlanColumn: CaseIterable, Sendable {
    case name, bits, sqnr, share, gain, time, recipe
}

/// What budgets come to, whichever is chosen.
struct PlanOutlook: Sendable {
    let unit: PlanBudget.Unit
    let budgets: ClosedRange<Double>
    /// Budgets and errors of the plans that are best for what they cost.
    let corners: [(amount: Double, error: Double)]
    let elements: Int

    init(_ planner: Planner) {
        unit = planner.unit
        budgets = planner.budgets
        corners = planner.corners
        elements = planner.elements
    }

    /// The least error that a budget allows, between corners along the line that bounds it from below.
    func error(at amount: Double) -> Double? {
        guard let next = corners.firstIndex(where: { $0.amount >= amount }) else { return corners.last?.error }
        guard next > 0 else { return corners[0].amount == amount ? corners[0].error : nil }
        return corners[next - 1].error
    }
}
