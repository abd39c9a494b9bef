import Basics
import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

@Suite struct WorkerTests {
    private static func request(
        _ tensor: TensorView, _ recipe: String, baseline: String? = nil, generation: Int
    ) throws -> EvaluationRequest {
        EvaluationRequest(
            generation: generation, tensor: tensor, tensorKey: TensorKey(file: 1, tensor: 0),
            recipe: try Recipe(recipe), baseline: try baseline.map { try Recipe($0) }, range: nil,
            question: DetailQuestion(range: 0, bins: 40))
    }

    /// What the worker found, without scores and files.
    private static func result(_ action: Action) -> WorkResult? {
        if case .resultArrived(let result) = action { result } else { nil }
    }

    @Test func numbersOfDamagedBytesAreNotShown() throws {
        var bytes = try Fixture.bytes("Checkpoints/pattern.npz")
        // Towards the end of the compressed data of its one member, before the directory of some 140 bytes.
        bytes[bytes.count - 160] ^= 0xFF
        let file = try FileFormatCatalog.open(ByteArray(bytes), path: "a.npz")
        let request = try Self.request(file.tensor(named: nil), "int4 sym tensor", generation: 1)
        let results = OfflineWorker().answers(to: .evaluate(request)).compactMap(Self.result)
        let problems = results.compactMap { if case .problem(let problem) = $0.content { problem } else { nil } }
        #expect(problems.last?.contains("damaged compressed bytes in zip member \"pattern.npy\"") == true)
        for result in results {
            switch result.content {
            case .problem, .finished: break
            default: Issue.record("shows \(result.content)")
            }
        }
        let scores = ScoreRequest(file: 1, tensors: [(index: 0, view: try file.tensor(named: nil))])
        for case .tensorLookedAt(_, _, let facts) in OfflineWorker().answers(to: .scoreOutliers(scores)) {
            #expect(facts?.outlierScore == nil)
        }
    }

    private static let large: TensorView = {
        let values = (0..<(1 << 20)).map { Float(($0 &* 7_919) % 10_007) / 5_000 - 1 }
        return TensorView(name: "large", values: values, shape: Shape([1_024, 1_024])!)!
    }()

    /// First an estimate, then the statistics, the exact result and the exact picture, then what some panels show.
    @Test func answersInOrder() throws {
        let usual = ["estimate", "estimated picture", "statistics", "exact", "exact picture"]
        try check("int4 sym channel:0", [], usual + ["baseline", "finished"])
        // However they are asked, they are answered in the catalogue's order.
        let questions: [any Question] = [
            ConventionsQuestion(), DrawsQuestion(), TimelineQuestion(columns: 20), ObjectiveQuestion(points: 40),
        ]
        try check(
            "int4 sym tensor", questions,
            usual + ["baseline", "proposals", "choices", "TimelineQuestion", "DrawsQuestion"]
                + [String](repeating: "ConventionsQuestion", count: 1 + Convention.allCases.count) + ["finished"])
    }

    private func check(_ recipe: String, _ questions: [any Question], _ expected: [String]) throws {
        let results = Lock<[WorkResult]>([])
        let worker = Worker(threads: 2) { action in
            results.update { $0 += Self.result(action).map { [$0] } ?? [] }
        }
        var request = try Self.request(Self.large, recipe, baseline: "int8", generation: 1)
        request.questions = questions
        worker.submit(request)
        let all = results.wait { results in
            if case .finished? = results.last?.content { results } else { nil }
        }
        var steps: [String] = [], state = try samplesState()
        for result in all {
            switch result.content {
            case .statistics: steps.append("statistics")
            case .baseline: steps.append("baseline")
            case .evaluation(let evaluation): steps.append(evaluation.isExact ? "exact" : "estimate")
            case .detail(let detail): steps.append(detail.isExact ? "exact picture" : "estimated picture")
            case .problem(let text): steps.append(text)
            case .answer(let part):
                part.put(&state)
                let isObjective = part.question.question is ObjectiveQuestion
                let name = "\(type(of: part.question.question))"
                steps.append(isObjective ? state.objective?.areChoicesExact == true ? "choices" : "proposals" : name)
            case .progress, .hasDeadChannel: break
            case .finished: steps.append("finished")
            }
        }
        #expect(steps == expected)
    }

    /// Of many requests in a row only the last is finished, and nothing comes of it twice.
    @Test func theLatestWins() throws {
        let results = Lock<[WorkResult]>([])
        let worker = Worker(threads: 2) { action in
            results.update { $0 += Self.result(action).map { [$0] } ?? [] }
        }
        for generation in 1...30 {
            worker.submit(
                try Self.request(Self.large, "int\(2 + generation % 7) asym group:32 clip:mse", generation: generation))
        }
        let all = results.wait { results in
            results.contains { result in
                if case .finished = result.content { result.generation == 30 } else { false }
            } ? results : nil
        }
        let finished = all.filter { if case .finished = $0.content { true } else { false } }
        #expect(finished.last?.generation == 30 && finished.count <= 3)
        worker.stop()
    }

    @Test func whatWasComputedIsKept() throws {
        let plan = WorkPlan(threads: 1, isInBackground: false)
        let counts = Lock<[Int]>([])
        for generation in 1...2 {
            counts.withLock { $0.append(0) }
            try plan.answer(
                try Self.request(Self.large, "int4 sym tensor", generation: generation), cancel: CancelFlag()
            ) { content in
                if case .evaluation = content { counts.withLock { $0[$0.count - 1] += 1 } }
            }
        }
        #expect(counts.withLock { $0 } == [2, 1])
    }

    /// Scores come one after the other, in the order asked for, and give way to evaluations without being lost.
    @Test func scoresAreMadeMeanwhile() throws {
        let scored = Lock<[Int]>([])
        let worker = Worker(threads: 2) { action in
            if case .tensorLookedAt(7, let tensor, let facts) = action {
                scored.update { $0.append(facts?.outlierScore == nil ? -1 : tensor) }
            }
        }
        worker.submit(ScoreRequest(file: 7, tensors: (0..<6).map { (5 - $0, Self.large) }))
        for generation in 1...5 { worker.submit(try Self.request(Self.large, "int4", generation: generation)) }
        let all = scored.wait { $0.count == 6 ? $0 : nil }
        #expect(all == [5, 4, 3, 2, 1, 0])
    }

    @Test func emptyAndNotFiniteTensorsAreProblems() throws {
        for (values, expected) in [([Float](), Words.emptyTensor), ([.nan, .infinity], Words.noFinite)] {
            let tensor = TensorView(name: "t", values: values, shape: Shape([values.count])!)!
            let problem = Lock<String?>(nil)
            let fresh = WorkPlan(threads: 1, isInBackground: false)
            try fresh.answer(try Self.request(tensor, "int4", generation: 1), cancel: CancelFlag()) { content in
                if case .problem(let text) = content { problem.withLock { $0 = text } }
            }
            #expect(problem.withLock { $0 } == expected)
        }
    }
}

@Suite struct NumberTextTests {
    @Test func numbers() {
        #expect(NumberText.significant(0.108714) == "0.1087")
        #expect(NumberText.significant(-0.0000193) == "-1.93e-5")
        #expect(NumberText.significant(12_345_678) == "1.235e7")
        #expect(NumberText.significant(0) == "0" && NumberText.significant(.nan) == "NaN")
        #expect(NumberText.grouped(1_234_567) == "1,234,567" && NumberText.grouped(-12) == "-12")
        #expect(
            NumberText.short(940) == "940" && NumberText.short(12_540) == "12.5k" && NumberText.short(6.4e7) == "64M")
        #expect(NumberText.fixed(21.4349, places: 2) == "21.43")
    }
}
