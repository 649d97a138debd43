import Models
import Testing

@testable import Visualizer

/// What a viewer types is answered in the viewer's language, whatever is wrong with it.
///
/// That nobody forgets a language is the compiler's work: a script's language, a fork and a rulebook
/// can throw `ScriptError` alone, whose message is `Bilingual`.
@Suite struct PromptAnswerTests {
  /// Something that cannot be performed, and what is said of it.
  struct Mistake: CustomTestStringConvertible {
    var line: String
    var answer: Bilingual

    init(_ line: String, _ en: String, _ zh: String) {
      (self.line, answer) = (line, Bilingual(en, zh))
    }

    var testDescription: String { line }
  }

  private static let window = Size(columns: 80, rows: 24)

  private func player(_ show: any Show, _ language: Language) -> PlayerActivity {
    PlayerActivity(
      show: show, start: .init(step: show.stepCount - 1, isPaused: true),
      look: Look(size: Self.window, language: language))
  }

  private func press(_ text: String, in player: inout PlayerActivity) {
    for scalar in text.unicodeScalars { _ = player.handle(.character(scalar)) }
  }

  /// What is on the screen; blanks are left out, for lines are wrapped.
  private func screen(_ player: PlayerActivity) -> String {
    var player = player
    let canvas = player.draw(window: Self.window)
    return (0..<canvas.size.rows).map { canvas.text(row: $0) }.joined().replacing(" ", with: "")
  }

  /// Whether a text is Chinese, apart from names and from what one is to write.
  private func isChinese(_ text: String) -> Bool {
    let english = [
      "the", "is", "are", "was", "not", "no", "write", "unknown", "known", "such", "too", "than",
      "mean", "only", "already", "nothing", "cannot", "error",
    ]
    let words = text.split { !($0.isASCII && $0.isLetter) }.map { $0.lowercased() }
    let hasHan = text.unicodeScalars.contains { (0x4e00...0x9fff).contains($0.value) }
    return hasHan && !words.contains(where: english.contains) && !text.contains("; ")
  }

  /// Types a line behind `i` in both languages, and expects its answer in place.
  private func expect(_ mistake: Mistake, of show: any Show) {
    for language in Language.allCases {
      var player = player(show, language)
      press("i\(mistake.line)", in: &player)
      _ = player.handle(.enter)
      #expect(player.prompt?.complaint == mistake.answer)
      let answer = mistake.answer[language]
      #expect(screen(player).contains("!\(answer)".replacing(" ", with: "")), "\(answer)")
    }
    #expect(isChinese(mistake.answer.zh), "\(mistake.answer.zh)")
  }

  @Test(arguments: [
    Mistake(
      "lokup k1", "unknown operation 'lokup'; did you mean 'lookup'?",
      "没有“lokup”这个操作；是不是想写“lookup”？"),
    Mistake(
      "frobnicate",
      "unknown operation 'frobnicate'; known: make, insert, lookup, delete, clear, range",
      "没有“frobnicate”这个操作；可以写：make、insert、lookup、delete、clear、range"),
    Mistake("clear k1", "'k1' is too much here", "“k1”是多余的"),
    Mistake(
      "make hint x", "write make hint N with N from 0 to 10000000",
      "请写 make hint N，N 为 0 到 10000000"),
    Mistake(
      "insert", "write a key, such as k1, or a range of keys, such as k1..k9",
      "请写一个 key，如 k1，或者一段 key，如 k1..k9"),
    Mistake("insert k1 =", "something is missing after '='", "“=”后面缺少内容"),
    Mistake("insert k1 = x", "write a whole number after '='", "“=”后面请写整数"),
    Mistake(
      "insert k1 hash 12",
      "write a hash of 64 bits as 0x... or 0b..., or with its middle left out as 0b1001_…_0110",
      "请写 64 位哈希值，0x... 或 0b...；中间的位可以省略，如 0b1001_…_0110"),
    Mistake(
      "insert k1 value 5", "'value' is not understood here; write hash ... or = N",
      "这里不能写“value”；请写 hash ... 或 = N"),
    Mistake(
      "lookup k1 = 5", "'=' is not understood here; write hash ...", "这里不能写“=”；请写 hash ..."),
    Mistake(
      "insert k9..k1",
      "write a range of keys as k2..k27: the same letters, then the smaller number first",
      "一段 key 请写成 k2..k27：字母相同，小的数字在前"),
    Mistake(
      "insert k1..k9999999", "too many operations; a script has at most 2000000",
      "操作太多；一个脚本最多 2000000 个"),
    Mistake(
      "insert k1..k20000", "too much at a time; ask for at most 10000 operations",
      "一次太多；最多 10000 个操作"),
    Mistake(
      "insert n hash 0x1; insert n hash 0x2", "the key 'n' was given another hash above",
      "前面已经给 key“n”指定了另一个哈希值"),
  ])
  func aMapAnswersInBothLanguages(_ mistake: Mistake) throws {
    expect(mistake, of: try Shows.open("map-growth"))
  }

  @Test(arguments: [
    Mistake(
      "mallok 48", "unknown operation 'mallok'; did you mean 'malloc'?",
      "没有“mallok”这个操作；是不是想写“malloc”？"),
    Mistake(
      "malloc", "write how many bytes after 'malloc', such as malloc 48 or malloc 32K",
      "“malloc”后面请写字节数，如 malloc 48 或 malloc 32K"),
    Mistake(
      "malloc -1", "a size is 0 or more; write malloc 48 or malloc 32K",
      "大小不能是负数；请写 malloc 48 或 malloc 32K"),
    Mistake(
      "malloc big", "'big' is no size; write malloc 48 or malloc 32K",
      "“big”不是大小；请写 malloc 48 或 malloc 32K"),
    Mistake(
      "malloc 999999G", "'999999G' is more than the heap may hold, 16 GB", "“999999G”超过了堆的上限 16 GB"),
    Mistake(
      "malloc 8 x0", "write how many as x1 to x2000000, such as x8", "个数请写 x1 到 x2000000，如 x8"),
    Mistake(
      "malloc 8 pointer", "'pointer' is not understood here; did you mean 'pointers'?",
      "这里不能写“pointer”；是不是想写“pointers”？"),
    Mistake("malloc 8 noscan noscan", "'noscan' is too much here", "“noscan”是多余的"),
    Mistake(
      "malloc 8 x2000000", "too many objects; a script asks for at most 2000000",
      "对象太多；一个脚本最多申请 2000000 个"),
    Mistake("malloc 8 as", "a name belongs after 'as', such as: as cats", "“as”后面请写名字，如 as cats"),
    Mistake(
      "malloc 8 as 1a", "write a name of letters a to z, then digits, - or _, such as cats",
      "名字以字母 a 到 z 开头，后面可以有数字、- 和 _，如 cats"),
    Mistake(
      "malloc 8 as last", "'last' has a meaning after drop; write another name",
      "“last”在 drop 后面另有含义；请换一个名字"),
    Mistake(
      "drop",
      "write what to drop: drop cats, drop every 2 of cats, drop cats[3..5], drop last or drop 3..9",
      "请写丢弃哪些对象：drop cats、drop every 2 of cats、drop cats[3..5]、drop last 或 drop 3..9"),
    Mistake(
      "drop every 1 of cats", "write every 2 of cats, with 2 or more", "请写 every 2 of cats，数字至少是 2"),
    Mistake("drop every 2 cats", "write every 2 of cats", "请写 every 2 of cats"),
    Mistake(
      "drop last none", "write drop last, or how many, such as drop last 3",
      "请写 drop last，也可以写个数，如 drop last 3"),
    Mistake("malloc 8 as n; drop n; drop n", "all of n were already dropped", "n 已经全部丢弃"),
    Mistake(
      "malloc 8 x2 as n; drop n[0]; drop n[0]", "n[0] was already dropped", "n[0] 已经丢弃过了"),
    Mistake("malloc 8 as n; drop n[0", "write n[3] or n[3..5]", "请写 n[3] 或 n[3..5]"),
    Mistake(
      "malloc 8 as n; drop n[4..2]", "write one number, or two with the smaller first, as in 3..9",
      "请写一个数字，或者两个数字，小的在前，如 3..9"),
    Mistake(
      "malloc 8 as n; drop n[7]", "number 7 was never allocated; they are counted from 0 to 0",
      "没有申请过 7 号对象；编号是 0 到 0"),
    Mistake(
      "gc now", "'now' is not understood here; write gc or gc lazy", "这里不能写“now”；请写 gc 或 gc lazy"),
    Mistake("mark", "write mark start or mark end", "请写 mark start 或 mark end"),
    Mistake(
      "mark end", "nothing is being marked; write mark start before mark end",
      "没有在标记；mark end 之前请先写 mark start"),
    Mistake(
      "mark start; gc", "marking is under way; write mark end before this", "正在标记；请先写 mark end"),
    Mistake(
      "sweep", "write a whole number, as in sweep 3 or sweep all", "请写整数，如 sweep 3 或 sweep all"),
    Mistake(
      "worker 9",
      "worker 9 has no P: there is P0 alone; write a lower number, or more processors: "
        + "under parameters:",
      "worker 9 没有对应的 P：只有 P0；请写小一点的数字，或者在 parameters: 下把 processors: 调大"),
  ])
  func theAllocatorAnswersInBothLanguages(_ mistake: Mistake) throws {
    expect(mistake, of: try Shows.open("malloc-tiny"))
  }

  @Test(arguments: [
    Mistake(
      "drp next from client", "unknown operation 'drp'; did you mean 'drop'?",
      "没有“drp”这个操作；是不是想写“drop”？"),
    Mistake(
      "client sent", "unknown call 'sent'; did you mean 'send'?", "没有“sent”这个调用；是不是想写“send”？"),
    Mistake(
      "client",
      "call is missing; write one of listen, connect, accept, send, read, shutdown, close, abort, iss, "
        + "forget",
      "缺少调用；请写以下之一：listen、connect、accept、send、read、shutdown、close、abort、iss、forget"),
    Mistake(
      "client send", "write how many bytes, such as send 300, from 1 to 1000000",
      "请写字节数，如 send 300，1 到 1000000"),
    Mistake(
      "server read 0", "write how many bytes to read at most from 1 to 1000000",
      "请写最多读多少字节，1 到 1000000"),
    Mistake(
      "client iss x", "write the initial sequence number from 0 to 4294967295",
      "请写初始序列号，0 到 4294967295"),
    Mistake(
      "server connect", "the server listens on this port; write client connect",
      "服务器正在这个端口上监听；请写 client connect"),
    Mistake(
      "client connect with port",
      "'port' is not understood here; write client connect with automatic port",
      "这里不能写“port”；请写 client connect with automatic port"),
    Mistake(
      "client close on connection 9", "write a connection that exists, from 1 to 1",
      "请写已有连接的编号，1 到 1"),
    Mistake(
      "connection 9", "write the number of a connection, the next new one, from 1 to 2",
      "请写连接编号（新连接用最后一个），1 到 2"),
    Mistake(
      "connection 1 from 5 to 6", "connection 1 has its ports already; write connection 1",
      "连接 1 已经有端口了；请写 connection 1"),
    Mistake("connection 2 from 0 to 6", "write a port from 1 to 65535", "请写端口号，1 到 65535"),
    Mistake(
      "wait",
      "a time is missing; write wait 200ms, wait until server CLOSE_WAIT or wait until quiet",
      "缺少时间；请写 wait 200ms、wait until server CLOSE_WAIT 或 wait until quiet"),
    Mistake(
      "wait long",
      "'long' is no time; write wait 200ms, wait until server CLOSE_WAIT or wait until quiet",
      "“long”不是时间；请写 wait 200ms、wait until server CLOSE_WAIT 或 wait until quiet"),
    Mistake("wait 90min", "'90min' is too long; a time is at most 60min", "“90min”太长；时间最多 60min"),
    Mistake(
      "wait until server LISTENING", "unknown state 'LISTENING'; did you mean 'LISTEN'?",
      "没有“LISTENING”这个状态；是不是想写“LISTEN”？"),
    Mistake(
      "wait until server LAST_ACK within 1s",
      "the server is not in LAST_ACK within 1 s: it stays in ESTABLISHED",
      "服务器在 1 s 内没有进入 LAST_ACK，停在 ESTABLISHED"),
    Mistake(
      "wire delay 1us", "no wire is that fast; write wire delay 100us or more",
      "没有这么快的线路；请写 wire delay 100us 或更长"),
    Mistake(
      "drop next from me",
      "'me' is no end; write client or server, such as drop next from client",
      "“me”不是连接的一端；请写 client 或 server，如 drop next from client"),
    Mistake(
      "drop", "something is missing; write drop next from client",
      "这一行没有写完；请写 drop next from client"),
    Mistake(
      "drop next 0 from client", "write how many of the next segments from 1 to 1000",
      "请写接下来的报文段个数，1 到 1000"),
    Mistake(
      "release held", "nothing is held; write hold next from client before this",
      "没有扣住的报文段；请先写 hold next from client"),
    Mistake(
      "deliver again 9999",
      "write first from client, last from client, or a segment's number from 0 to 2",
      "请写 first from client、last from client 或报文段的编号，0 到 2"),
    Mistake(
      "connection 2; deliver again first from client",
      "the client has sent nothing on this connection so far", "客户端还没有在这条连接上发送过报文段"),
    Mistake(
      "forge from server FOO seq 1",
      "unknown flag 'FOO'; write one or more of SYN, FIN, RST, PSH, ACK, such as "
        + "forge from server RST seq 1",
      "没有“FOO”这个标志；请写 SYN、FIN、RST、PSH、ACK 中的一个或几个，如 forge from server RST seq 1"),
    Mistake(
      "forge from server ACK seq 1", "the flag ACK needs its number; write ack 1 behind the seq",
      "ACK 标志需要确认号；请在 seq 后面写 ack 1"),
    Mistake(
      "forge from server RST seq x", "write a relative number from 0 to 4294967295",
      "请写相对序列号，0 到 4294967295"),
    Mistake("open now", "'now' is too much here", "“now”是多余的"),
  ])
  func tcpAnswersInBothLanguages(_ mistake: Mistake) throws {
    let yaml = "title: t\nmodel: tcp\nscript: [open, wait until quiet]\n"
    expect(mistake, of: try Shows.read(yaml, name: "t.yaml"))
  }

  // MARK: - Other rules

  @Test(arguments: [
    (
      "", "memory-pressure",
      "notes: memory-pressure concerns MADV_FREE, which these rules do not know; leave it out",
      "notes：memory-pressure 与 MADV_FREE 有关，而这套规则没有 MADV_FREE；请去掉这一行"
    ),
    (
      "parameters: { madvfree: true }\n", "gc",
      "notes: madvfree: MADV_FREE came with Go 1.12; these rules do not know it",
      "notes：madvfree: MADV_FREE 从 Go 1.12 开始才有，这套规则没有它"
    ),
  ])
  func rulesThatDoNotFitSaySoInBothLanguages(
    _ parameters: String, _ line: String, _ en: String, _ zh: String
  ) throws {
    let show = try Shows.read(
      "title: t\nmodel: allocator\n\(parameters)script: [malloc 48, \(line)]\n", name: "t.yaml")
    for language in Language.allCases {
      var player = player(show, language)
      press("cnotes", in: &player)
      _ = player.handle(.enter)
      #expect(player.notice?.text == Bilingual(en, zh))
      let start = language == .en ? "!notes:" : "!notes："
      #expect(screen(player).contains(start))
    }
    #expect(isChinese(zh))
  }

  // MARK: - Files

  @Test func filesThatCannotBeWrittenSaySoInBothLanguages() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    try TestFiles.write("\(folder)/there.yaml", [])
    let show = try Shows.open("map-growth")
    for (path, answer) in [
      (
        "\(folder)/none/a.yaml",
        Bilingual("cannot be created: No such file or directory", "无法创建：目录不存在")
      ),
      (
        "\(folder)/there.yaml/a.yaml",
        Bilingual("cannot be created: Not a directory", "无法创建：路径中有一部分不是目录")
      ),
      (
        "\(folder)/there.yaml",
        Bilingual("this file exists; write another name", "文件已存在；请换一个名字")
      ),
      ("\(folder)/a.txt", Bilingual("end the name in .yaml", "文件名请以 .yaml 结尾")),
      ("\(folder)/", Bilingual("write a file's name", "请写文件名")),
    ] {
      for language in Language.allCases {
        var player = player(show, language)
        press("W", in: &player)
        _ = player.handle(.control("u"))
        press(path, in: &player)
        _ = player.handle(.enter)
        #expect(player.prompt?.complaint == answer)
        #expect(screen(player).contains("!\(answer[language])".replacing(" ", with: "")))
      }
      #expect(isChinese(answer.zh))
    }
  }

  // MARK: - Everywhere else

  @Test func keysThatCannotHelpSaySoInBothLanguages() throws {
    for (name, keys) in [
      ("map-growth", "B"), ("map-growth", "d"), ("map-growth", ":9999"), ("map-growth", ":nowhere"),
      ("map-growth", "cnone"), ("map-growth", "'z"), ("map-growth", "/nowhere at all"),
      ("map-growth", "Wa"),
    ] {
      var player = player(try Shows.open(name), .zh)
      press(keys, in: &player)
      if player.prompt != nil { _ = player.handle(.enter) }
      for _ in 0..<100 { player.advance(milliseconds: 10) }
      let said = try #require(player.prompt?.complaint ?? player.notice?.text, "\(keys)")
      #expect(said.en != said.zh && isChinese(said.zh), "\(keys): \(said.zh)")
    }
  }
}
