import Testing

@testable import Checkpoints

@Suite struct NamePatternTests {
    @Test(arguments: [
        ("*", "", true), ("*", "a.b", true), ("", "", true), ("", "a", false), ("a", "a", true), ("a", "ab", false),
        ("*.weight", "layers.0.weight", true), ("*.weight", "weight", false), ("*.weight", "layers.0.weight.x", false),
        ("layers.?.w", "layers.3.w", true), ("layers.?.w", "layers.12.w", false),
        ("layers.[0-4].*", "layers.4.q", true),
        ("layers.[0-4].*", "layers.5.q", false), ("layers.[!0-4].*", "layers.5.q", true), ("[]a]x", "]x", true),
        ("[ab", "[ab", true), ("[a-]", "-", true), ("*a*b*c*", "xxaxxbxxcxx", true), ("*a*b*c*", "xxcxxbxxaxx", false),
        ("**x**", "x", true), ("naïve?", "naïve名", true), ("A", "a", false), ("a.b", "axb", false),
    ])
    func matches(pattern: String, name: String, expected: Bool) {
        #expect(NamePattern(pattern).matches(name) == expected)
        #expect(NamePattern(pattern).description == pattern)
    }

    /// Many stars do not make it slow.
    @Test func manyStars() {
        let pattern = NamePattern(String(repeating: "*a", count: 50) + "*b")
        #expect(!pattern.matches(String(repeating: "a", count: 20_000)))
    }
}
