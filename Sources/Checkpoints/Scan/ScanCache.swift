public import Quantization
import TensorFiles
import Tensors

/// Rows of earlier scans, so that a second look is instant and a scan that was stopped goes on where it was.
///
/// A file for each checkpoint and recipe holds a line for each tensor: the line's key names the bytes by device, file number, size and
/// time of writing, and the recipe.
public final class ScanCache: Sendable {
    private let rows: StoredRows
    private let marks: ScanMarks
    private let rangeMode: RangeMode

    /// - Parameters:
    ///   - folder: where such files lie; it is made when the first row is stored.
    ///   - file: the path of the checkpoint.
    public init(folder: String, file: String, recipe: Recipe) {
        rows = StoredRows(folder: folder, name: Folder.absolute(file) + "\n" + recipe.description, ending: ".scan")
        marks = ScanMarks(folder: folder, file: file)
        rangeMode = recipe.rangeMode
    }

    /// What an earlier scan found; nil where there was none of these bytes and this recipe.
    public func outcome(of candidate: Scan.Candidate) -> Scan.Outcome? {
        guard let key = candidate.key, let value = rows[key], let row = Scan.Row(value),
            row.shape == candidate.tensor.shape, row.recipe == candidate.recipe
        else { return nil }
        let outcome = Scan.Outcome.row(row.moved(to: candidate.position, name: candidate.tensor.name))
        // Rows may be older than marks.
        marks.keep(outcome, of: candidate, rangeMode)
        return outcome
    }

    /// Keeps a row for later scans, and what it says of the tensor whatever the recipe.
    public func keep(_ outcome: Scan.Outcome, of candidate: Scan.Candidate) {
        marks.keep(outcome, of: candidate, rangeMode)
        guard let key = candidate.key, case .row(let row) = outcome else { return }
        rows.add(row.wholeJSON, key: key)
    }
}
