"""What the text tells the reader to type, and the machine in the page can run.

A transcript has a button at each command. So does the text, where it names a whole
command: a stage with its arguments, whether for a shell of the lab or in Bazel's
words. `bazel run --config=lab //stages:04_user -- id` is `04_user id` there, as root.

live.js finds the marks, data-run and data-user, and makes the buttons.
"""

import re
from html import escape, unescape

import commands
import script as scripts

# In code font, or the lines of one block, of which a long command takes several.
CODE = re.compile(r"<(?P<tag>code)>(?P<code>.*?)</code>", re.S)
LINES = re.compile(r'(?:<div class="line">(?:(?!</div>).)*\\</div>\n)*'
                   r'<(?P<tag>div class="line")>(?P<code>(?:(?!</div>).)*)</div>')


def known():
    """{command of the text: (line of a shell, user)}."""
    found = {}
    sections = [section._replace(lines=scripts.in_page(section.lines))
                for part in commands.transcripts().values() for section in part]
    for page in commands.pages():
        for _, command in commands.commands(page.read_text()):
            line, user = commands.in_lab(command)
            if re.match(r"\d\d_\w+ ", line):
                section = commands.runs(line, user, sections)
                if section:
                    found[command] = line, user or section.user
    return {command: (line, "learner" if user == "both" else user)
            for command, (line, user) in found.items()}


def mark(text, table):
    """A page whose commands say what they run."""
    def marked(match):
        command = unescape(re.sub(r"<[^>]+>", "", match[0]))
        command = " ".join(command.replace("\\\n", " ").split())
        if command not in table:
            return match[0]
        line, user = table[command]
        tag = f"<{match['tag']}>{match['code']}</"
        return match[0].replace(
            tag, tag.replace(">", f' data-run="{escape(line)}" '
                             f'data-user="{user}">', 1))

    return LINES.sub(marked, CODE.sub(marked, text))
