import Basics
import Quantization
import Tensors

/// Something that is asked of the open tensor besides the metrics of the recipe: a curve, a table, a picture.
///
/// A question is a file here and a line of `QuestionCatalog`. A panel or a screen asks it while it is shown; the worker answers, in one part or
/// several; what came is in the state's `results`, under the question's type.
protocol Question: Hashable, Sendable {
    /// What is stored of the answers.
    associatedtype Answer: Sendable

    /// How long an answer stays.
    static var life: AnswerLife { get }
    /// Whether it can be answered where the recipe does not fit the tensor.
    static var needsRecipe: Bool { get }

    /// What a look at some elements tells, before any work.
    func look(at tensor: TensorView) -> Answer?
    /// Answers before the exact result of the recipe is known; false where that cannot be done.
    func answerEarly(_ work: TensorWork) throws(Cancelled) -> Bool
    func answer(_ work: TensorWork) throws(Cancelled)

    /// What else changes when a part of an answer has come.
    static func hasArrived(_ state: inout ExplorerState)
}

extension Question {
    static var life: AnswerLife { .recipe }
    static var needsRecipe: Bool { true }

    func look(at tensor: TensorView) -> Answer? { nil }
    func answerEarly(_ work: TensorWork) throws(Cancelled) -> Bool { false }
    static func hasArrived(_ state: inout ExplorerState) {}
}

/// A question of any kind.
struct AnyQuestion: Hashable, Sendable {
    let question: any Question

    init(_ question: any Question) { self.question = question }

    static func == (a: AnyQuestion, b: AnyQuestion) -> Bool { AnyHashable(a.question) == AnyHashable(b.question) }
    func hash(into hasher: inout Hasher) { AnyHashable(question).hash(into: &hasher) }
}

/// How long an answer stays.
enum AnswerLife: Int, Sendable {
    /// Until anything is asked again.
    case request
    /// As long as the recipe on the tensor is the same.
    case recipe
    /// As long as the tensor is open.
    case tensor
}

/// All questions, in the order in which their answers are missed most.
enum QuestionCatalog {
    static let all: [any Question.Type] = [
        StoredQuestion.self,
        NotFiniteQuestion.self,
        HeatMapQuestion.self,
        StripsQuestion.self,
        DensityQuestion.self,
        PinsQuestion.self,
        TwoDistributionsQuestion.self,
        ObjectiveQuestion.self,
        TimelineQuestion.self,
        DrawsQuestion.self,
        FormatStudyQuestion.self,
        FormatsQuestion.self,
        ConventionsQuestion.self,
        SweepQuestion.self,
    ]

    private static let order = Dictionary(
        uniqueKeysWithValues: all.enumerated().map { (ObjectIdentifier($0.element), $0.offset) })

    static func inOrder(_ questions: [any Question]) -> [any Question] {
        func place(_ question: any Question) -> Int {
            order[ObjectIdentifier(type(of: question))] ?? all.count
        }
        return questions.sorted { place($0) < place($1) }
    }
}

/// A part of an answer, on its way into the state.
public struct AnswerPart: Sendable {
    let question: AnyQuestion
    let put: @Sendable (inout ExplorerState) -> Void

    init<Asked: Question>(_ question: Asked, _ change: @escaping @Sendable (inout Asked.Answer?) -> Void) {
        self.question = AnyQuestion(question)
        put = { state in
            change(&state.results[Asked.self])
            Asked.hasArrived(&state)
        }
    }
}
