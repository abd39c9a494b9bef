import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// What a plan has to look at: asked of another thread, as checkpoints may have very many tensors.
public struct PlanSurvey: Sendable {
    let file: Int
    let number: Int
    let tensors: [TensorView]
    let settings: PlanSettings
    let activations: Activations?
    /// What is known already.
    let candidates: PlanCandidates?

    /// The pieces that are missing, those of the middle recipes first: with them a plan is near what it becomes.
    public struct Answer: Sendable {
        let candidates: PlanCandidates
        let pieces: [(scan: Scan, candidate: Scan.Candidate)]
    }

    var answer: Answer {
        var candidates =
            self.candidates ?? PlanCandidates(tensors, include: settings.include, exclude: settings.exclude)
        let missing = candidates.missing(settings, tensors: tensors, activations: activations)
        let middle = Double(missing.count - 1) / 2
        let order = missing.indices.sorted { abs(Double($0) - middle) < abs(Double($1) - middle) }
        return Answer(
            candidates: candidates,
            pieces: order.flatMap { place in missing[place].candidates.map { (missing[place].scan, $0) } })
    }
}

/// A plan to be made on another thread.
public struct PlanQuestion: Sendable {
    let file: Int
    let number: Int
    let candidates: PlanCandidates
    let settings: PlanSettings
    let budget: PlanBudget
    /// Made of these candidates earlier.
    let planner: Planner?

    /// The plan of the nearest budget that is possible, with what all budgets come to.
    public struct Answer: Sendable {
        let planner: Planner
        let outlook: PlanOutlook
        let plan: Plan
    }

    /// Partial choices that the solver keeps at most: a key waits for it.
    private static let mostStates = 200_000

    /// The earlier one, where it answers this question too, else a new one.
    private func suitablePlanner() throws(PlanError) -> Planner {
        if let planner, planner.unit == budget.unit, planner.settings.differsInBudgetAlone(from: settings) {
            return planner
        }
        return try Planner(candidates, settings, unit: budget.unit)
    }

    var answer: Result<Answer, PlanError> {
        do throws(PlanError) {
            let planner = try suitablePlanner()
            let plan = try planner.plan(budget, mostStates: Self.mostStates, isRaised: true)
            return .success(Answer(planner: planner, outlook: PlanOutlook(planner), plan: plan))
        } catch {
            return .failure(error)
        }
    }
}

/// A plan that is to be written to a file.
public struct PlanExport: Sendable {
    let plan: Plan
    let candidates: PlanCandidates
    /// Of the checkpoint.
    let file: String
    let activations: String?
    let importance: String?
    /// Of the plan.
    let path: String

    func written() -> FileError? {
        do throws(FileError) {
            let text = plan.jsonText(
                file: file, candidates: candidates, activations: activations, importance: importance)
            try AtomicFile.write(to: path, notOver: [file]) { sink throws(FileError) in
                try sink.write(Array(text.utf8) + [UInt8(ascii: "\n")])
            }
            return nil
        } catch {
            return error
        }
    }
}
