import Credits
import Testing

@Suite struct CSVWriterTests {
    @Test(arguments: [
        (["a", "b"], "a,b\r\n"),
        (["a,b", "c"], "\"a,b\",c\r\n"),
        (["say \"hi\""], "\"say \"\"hi\"\"\"\r\n"),
        (["two\nlines", "two\r\nlines", "two\rlines"], "\"two\nlines\",\"two\r\nlines\",\"two\rlines\"\r\n"),
        (["", ""], ",\r\n"),
        ([""], "\"\"\r\n"),
        (["  spaces stay "], "  spaces stay \r\n"),
        (["Grüße, 世界 🙂"], "\"Grüße, 世界 🙂\"\r\n"),
    ])
    func `cells are quoted as RFC 4180 says`(cells: [String], line: String) {
        #expect(CSVWriter.line(cells) == line)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"),
        ("=HYPERLINK(\"http://evil\",\"x\")", "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\""),
        ("+1", "'+1"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0"),
        ("-", "'-"),
        ("-1.", "'-1."),
        ("-1.2.3", "'-1.2.3"),
        ("-1e5", "'-1e5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "\"'\r=1\""),
        ("\r\n=1", "\"'\r\n=1\""),
        ("\0=1", "'\0=1"),
        ("＝1", "'＝1"),
    ])
    func `what a spreadsheet would take for a formula gets an apostrophe`(cell: String, written: String) {
        #expect(CSVWriter.line([cell, "x"]) == written + ",x\r\n")
    }

    @Test(arguments: ["-1", "-0.000001", "12.5", "0", "a=b", "mail@example.org", "1-2", "'=1"])
    func `plain numbers and what is no formula stay as they are`(cell: String) {
        #expect(CSVWriter.line([cell]) == cell + "\r\n")
    }
}
