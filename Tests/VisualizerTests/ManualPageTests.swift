import Testing

@testable import Visualizer

/// The manual page that lies in the repository.
@Suite struct ManualPageTests {
  private static var path: String { TestFiles.folder + "/../../docs/visualizer.1" }

  @Test func thePageInTheRepositoryIsTrue() throws {
    let page = try ManualPage.text()
    #expect(
      TestFiles.read(Self.path) == Array(page.utf8),
      "write it anew: ./run man > docs/visualizer.1")
  }

  @Test func everyCommandAndOptionIsInIt() throws {
    let page = try ManualPage.text()
    for words in ["\\-\\-overwrite", "\\-\\-idle\\-limit", ".SS visualizer connections"] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(!page.contains("terminal\\-probe") && !page.contains("index("))
    #expect(!page.contains("\n.\n") && !page.contains("\n'"))
  }
}
