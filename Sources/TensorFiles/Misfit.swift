/// What does not fit at a byte of some text or file; `FileError` adds whose.
struct Misfit: Error, Equatable {
    let offset: Int
    let found: String
    let expected: String
    /// The bytes are sound, but of a kind that this program does not show.
    var isUnsupported = false

    init(offset: Int, found: String, expected: String, isUnsupported: Bool = false) {
        self.offset = offset
        self.found = found
        self.expected = expected
        self.isUnsupported = isUnsupported
    }
}

extension FileError {
    /// - Parameter base: where the text begins in its file; nil where the file has its bytes in another form.
    init(path: String, _ misfit: Misfit, base: Int? = 0) {
        self.init(
            path: path, place: base.map { .offset($0 + misfit.offset) }, found: misfit.found,
            expected: misfit.expected)
    }
}
