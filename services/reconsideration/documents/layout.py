"""The page of an official paper by GB/T 9704-2012 党政机关公文格式: the measures that DOCX and PDF share."""

PAGE_MM = (210, 297)  # A4
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37, 35, 28, 26  # leaves 156 mm x 225 mm for the text 版心
BODY_PT = 16.0  # 3号, 28 characters a line
TITLE_PT = 22.0  # 2号
FOOT_PT = 14.0  # 4号
LINE_PT = 28.95  # 22 lines a page
TITLE_LINE_PT = 36.0
FOOTER_MM = 23  # the page number stands 7 mm below the text
SIGNATURE_LEFT_MM = 66  # organ and date are centred over each other to the right of this,
SIGNATURE_RIGHT_CHARACTERS = 4  # and end four characters before the margin

BODY_FONT = "仿宋_GB2312"
TITLE_FONT = "方正小标宋简体"
FOOT_FONT = "宋体"
LATIN_FONT = "Times New Roman"
# What a machine that lacks a font sets instead.
INSTEAD = {BODY_FONT: "仿宋", TITLE_FONT: "宋体"}
