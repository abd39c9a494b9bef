import Basics
import Quantization
import Tensors
import Testing

@testable import Checkpoints

@Suite struct CheckTests {
    private func tensor(_ name: String, _ values: [Float], _ extents: [Int]) throws -> TensorView {
        let shape = try #require(Shape(extents))
        return try #require(TensorView(name: name, values: values, shape: shape))
    }

    @Test func rulesAreRead() throws {
        let rule = try CheckRule(" sqnr >= 20 @model.layers.*")
        #expect(rule.subject == .metric(.sqnr) && rule.comparison == .atLeast && rule.limit == 20)
        #expect(rule.isFor("model.layers.3") && !rule.isFor("lm_head"))
        #expect(rule.description == "sqnr_db>=20@model.layers.*")
        #expect(try CheckRule(rule.description) == rule)
        for (text, comparison) in [
            ("nan==0", "=="), ("std!=0", "!="), ("bits<4.5", "<"), ("mse<=1e-3", "<="), ("max>-1", ">"),
        ] {
            #expect(try CheckRule(text).comparison.rawValue == comparison)
        }
        for text in ["", "sqnr", "sqnr=20", "sqnr>=", "sqnr>=x", "foo<1", "sqnr>=1@", ">=3", "mse<nan"] {
            #expect(throws: RuleError.self, "\(text)") { try CheckRule(text) }
        }
        let rules = try CheckRule.rules("# all\n\nnan == 0 # none\r\n  sqnr>=20@a*\n")
        #expect(rules.map { $0.description } == ["nan_count==0", "sqnr_db>=20@a*"])
    }

    /// Every metric, statistic and mark by name, against what the library says of the tensor.
    @Test func everyNameIsTheLibrarysNumber() throws {
        let values = (0..<512).map { Float(($0 * 37) % 101) / 50 - 1 }
        let view = try tensor("w", values, [8, 64])
        let statistics = try FirstPass(view).run(WorkContext()).statistics
        let metrics = try Evaluator(view, recipe: try Recipe("int4 sym group:32")).evaluate().metrics
        let subjects = CheckSubject.names.compactMap { CheckSubject($0) }
        #expect(subjects.count == CheckSubject.names.count)
        for entry in metrics.entries {
            let value = try #require(entry.value)
            for (text, holds) in [("<=", true), (">=", true), ("==", true), ("!=", false), ("<", false), (">", false)] {
                var result = CheckResult([try CheckRule("\(entry.name)\(text)\(value)")])
                result.judge(view, statistics, metrics)
                #expect(result.holds == holds && result.counts == [1], "\(entry.name) \(text)")
            }
        }
        var result = CheckResult(
            try ["std>0.5", "count==512", "nan==0", "not_finite==0", "dead==0", "zero==0", "outlier<3"].map {
                try CheckRule($0)
            })
        result.judge(view, statistics, nil)
        #expect(result.holds && result.counts.allSatisfy { $0 == 1 })
    }

    @Test func tensorsBreakRules() throws {
        var values = [Float](repeating: 0.25, count: 64)
        (values[3], values[9]) = (.nan, .infinity)
        for place in 16..<24 { values[place] = 0 }
        let view = try tensor("bad", values, [8, 8]), zeros = try tensor("zeros", [Float](repeating: 0, count: 8), [8])
        var result = CheckResult(
            try ["nan==0", "inf==0", "dead==0", "sqnr>=10", "zero==0@zeros", "outlier<5@zeros", "mse<1@nobody"].map {
                try CheckRule($0)
            })
        for tensor in [view, zeros] { result.judge(tensor, try FirstPass(tensor).run(WorkContext()).statistics, nil) }
        let broken = result.failures.map { "\($0.name) \($0.rule.subject.name)" }
        #expect(broken == ["bad nan_count", "bad inf_count", "bad dead_channel", "zeros zero"])
        // Unquantized tensors have no metrics; an exact reconstruction keeps to every SQNR.
        #expect(result.counts == [2, 2, 2, 0, 1, 1, 0])
        let exact = try Evaluator(zeros, recipe: try Recipe("int4")).evaluate().metrics
        var sqnr = CheckResult([try CheckRule("sqnr>=100"), try CheckRule("cosine>=0")])
        sqnr.judge(zeros, nil, exact)
        #expect(sqnr.failures.map { $0.rule.subject.name } == ["cosine"] && sqnr.failures[0].value == nil)
    }
}
