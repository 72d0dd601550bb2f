"""The page of an official paper by GB/T 9704-2012 党政机关公文格式: the measures that DOCX and PDF share."""

PAGE_MM = (210, 297)  # A4
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37, 35, 28, 26  # leaves 156 mm x 225 mm for the text 版心
BODY_PT = 16.0  # 3号
CHARACTERS_A_LINE = 28  # they are set a little closer than they are wide: 28 of them are 158 mm
TITLE_PT = 22.0  # 2号
FOOT_PT = 14.0  # 4号
FORM_PT, FORM_LINE_PT = 14.0, 24.0  # of a form, which has to stand on one page
LINE_PT = 28.95  # 22 lines a page
TITLE_LINE_PT = 36.0
FOOTER_MM = 23  # the page number stands 7 mm below the text
# Organ and date are centred over each other to the right of this: the date ends four characters before the margin.
SIGNATURE_LEFT_MM = 67
# What is added to the width of each character.
CLOSER_PT = (PAGE_MM[0] - LEFT_MM - RIGHT_MM) / 25.4 * 72 / CHARACTERS_A_LINE - BODY_PT

BODY_FONT = "仿宋_GB2312"
TITLE_FONT = "方正小标宋简体"
FOOT_FONT = "宋体"
LATIN_FONT = "Times New Roman"
# What a machine that lacks a font sets instead.
INSTEAD = {BODY_FONT: "仿宋", TITLE_FONT: "宋体"}
