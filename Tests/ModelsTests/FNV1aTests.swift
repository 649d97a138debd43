import Models
import Testing

/// Source: draft-eastlake-fnv, appendix C, the test vectors of FNV-1a with 64 bits.
@Suite struct FNV1aTests {
  @Test(arguments: [
    ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
  ])
  func texts(_ text: String, _ digits: String) {
    var digest = FNV1a()
    digest.add(text)
    #expect(digest.digits == digits)
  }

  @Test func bytes() {
    var digest = FNV1a()
    digest.add("foobar")
    digest.add(0 as UInt8)
    #expect(digest.digits == "34531ca7168b8f38")
  }

  @Test func wholeTextsAreToldApart() {
    func digest(_ texts: String...) -> String {
      var digest = FNV1a()
      for text in texts { digest.add(whole: text) }
      return digest.digits
    }
    #expect(digest("ab", "c") != digest("a", "bc"))
  }
}
