/// Scales of rows were applied to columns, or the other way round.
enum WrongAxis: Hypothesis {
    static let cause = "wrong-axis"
    static let view = DiagnosisCase.View.tall

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns
        guard rows > 1, columns > 1 else { return nil }
        // original ≈ a[row]·b[column]·export, by least squares in turns.
        var a = [Double](repeating: 1, count: rows), b = [Double](repeating: 1, count: columns)
        for _ in 0..<12 {
            var up = [Double](repeating: 0, count: columns), down = up
            for i in subject.original.indices {
                let v = a[i / columns] * Double(subject.export[i])
                up[i % columns] += v * Double(subject.original[i])
                down[i % columns] += v * v
            }
            for column in 0..<columns where down[column] > 0 { b[column] = up[column] / down[column] }
            up = [Double](repeating: 0, count: rows)
            down = up
            for i in subject.original.indices {
                let v = b[i % columns] * Double(subject.export[i])
                up[i / columns] += v * Double(subject.original[i])
                down[i / columns] += v * v
            }
            for row in 0..<rows where down[row] > 0 { a[row] = up[row] / down[row] }
        }
        let export = subject.export, (byRow, byColumn) = (a, b)
        let corrected: Finding.Corrected = { byRow[$0 / columns] * byColumn[$0 % columns] * Double(export[$0]) }
        let error = subject.error(corrected)
        // Both are needed: neither rows nor columns alone explain it.
        let alone = min(FactorFit(subject, .rows).error, FactorFit(subject, .columns).error)
        guard error < 0.5 * alone, alone > 0.05 * min(subject.squaredError, subject.squaredOriginal),
            a.allSatisfy({ $0 > 0 }), b.allSatisfy({ $0 > 0 })
        else { return nil }
        // What one axis lacks the other has: the scales are the same ones.
        let wanted = a.sorted(), given = b.map { 1 / $0 }.sorted()
        let ratios = (0..<min(rows, columns)).map { place in
            wanted[place * rows / min(rows, columns)] / given[place * columns / min(rows, columns)]
        }
        let middle = ratios.sorted()[ratios.count / 2]
        guard FactorFit.shareNearOne(ratios.map { $0 / middle }, within: 0.25) >= 0.7 else { return nil }
        return Finding(
            cause: cause, sentence: "scales were applied along the wrong axis",
            evidence:
                "each row lacks a factor that the columns have: the same \(min(rows, columns)) scales on the other axis fit",
            squaredError: error, corrected: corrected)
    }
}
