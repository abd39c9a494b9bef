import Basics

/// Numbers of an experiment in rows and columns, such as what is chosen for every layer.
public struct LabTable: Sendable, Equatable {
    public enum Cell: Sendable, Equatable, CustomStringConvertible {
        case text(String)
        /// Shown with so many significant digits.
        case number(Double, digits: Int = 4)
        case integer(Int)

        public var description: String {
            switch self {
            case .text(let text): text
            case .number(let number, let digits): NumberText.significant(number, digits: digits)
            case .integer(let number): String(number)
            }
        }
    }

    public let title: String
    public let columns: [String]
    public internal(set) var rows: [[Cell]]
    /// What the columns are and what to look at, in a sentence or two.
    public let note: String

    init(_ title: String, columns: [String], rows: [[Cell]] = [], note: String = "") {
        (self.title, self.columns, self.rows, self.note) = (title, columns, rows, note)
    }
}
