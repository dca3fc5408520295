"""The words by which mail programs, in many languages, introduce what is not the sender's own: tables only.

Each table is read by `quotes`; a new language or mail program is a new word here, with a case in the tests.
All entries are lower case; letters with accents appear as programs write them.
"""

from __future__ import annotations

# Verbs of an attribution line ("On ... Jane wrote:"): of several words, the one that tells.
VERBS = (
    "wrote", "writes", "said", "rote",  # "w=\nrote" where quoted-printable was not undone
    "schrieb", "schrieben", "geschrieben",
    "écrit", "ecrit", "écrivait",
    "escribió", "escribio", "escrito", "escriure",
    "scritto", "scrisse", "scrive",
    "schreef", "geschreven", "schreven",
    "escreveu", "escreveram", "escribiu",
    "skrev", "skrevet", "skrifaði",
    "kirjoitti", "kirjoittivat", "kirjutas",
    "napisał", "napisała", "napisali", "pisze",
    "napsal", "napsala", "napísal", "napísala", "píše", "napisao", "napisala", "napisal", "rašė", "rakstīja",
    "написал", "написала", "пишет", "писал", "писала", "написав", "пише", "написа",
    "írta", "scris", "yazdı", "έγραψε", "έγραψαν", "viết", "menulis", "כתב", "כתבה", "كتب", "نوشت",
)  # fmt: skip
# The same in scripts that put no blanks between words.
VERBS_UNSPACED = ("写道", "寫道", "编写", "写入", "來信", "书写", "書きました", "のメール", "さんから",
                  "님이 작성", "작성", "เขียน",
                  "लिखा")  # fmt: skip

# First words of an attribution line.
STARTS = (
    "on", "in", "at", "le", "el", "il", "am", "op", "em", "no dia", "den", "de", "d.", "w dniu", "dnia", "dne",
    "dňa", "på",
    "ons", "a", "el dia", "el día", "die", "vom", "vào", "в", "у", "во", "pe", "în", "pada", "ב", "בתאריך", "ב-",
    "στις",
    "στην", "kl.", "da", "data", "lé", "em ter", "il giorno", "quoting", "zitat von", "citando", "citát",
    "citando a", "quoted from", "u", "dana", "en", "在", "于", "în data de", "в ответ на", "ob", "aš",
)  # fmt: skip

# Names of header fields that mail programs write above a quoted message, by what they mean.
FIELDS = {
    "from": (
        "from", "von", "de", "da", "van", "fra", "från", "od", "от", "отправитель", "від", "lähettäjä", "kimden",
        "gönderen", "feladó", "de la", "expéditeur", "mittente", "remitente", "afzender", "absender", "avsändare",
        "afsender", "avsender", "saatja", "από", "差出人", "送信者", "发件人", "寄件者", "寄件人", "보낸 사람",
        "보낸사람",
        "מאת", "من", "từ", "người gửi", "dari", "จาก", "nadawca", "pošiljatelj", "nuo", "no", "de l'expéditeur",
        "frá",
    ),
    "date": (
        "date", "sent", "gesendet", "datum", "envoyé", "envoye", "envoyé le", "enviado", "enviado el", "enviada em",
        "enviado em", "enviada", "fecha", "data", "inviato", "data invio", "verzonden", "verstuurd", "sendt", "dato",
        "skickat", "wysłano", "wyslano", "wysłane", "data wysłania", "odesláno", "odoslané", "отправлено", "дата",
        "дата отправления", "надіслано", "lähetetty", "päiväys", "päivä", "gönderildi", "gönderme tarihi", "tarih",
        "elküldve",
        "dátum", "küldve", "trimis", "saadetud", "στάλθηκε", "ημερομηνία", "日時", "送信日時", "日付",
        "发送时间", "发送日期",
        "日期", "寄件日期", "傳送時間", "时间", "보낸 날짜", "날짜", "נשלח", "תאריך", "تاريخ", "gửi", "ngày",
        "tanggal", "dikirim",
        "วันที่", "ส่ง", "poslano", "sendt dato", "fecha de envío", "sent date",
    ),
    "to": (
        "to", "an", "à", "a", "para", "aan", "til", "till", "do", "komu", "кому", "vastaanottaja", "kime", "címzett",
        "către", "destinataire", "destinatario", "destinatário", "naar", "alıcı", "kellele", "προς", "宛先", "收件人",
        "收件者",
        "받는 사람", "받는사람", "אל", "إلى", "đến", "tới", "kepada", "ถึง", "za", "per", "empfänger", "adresat",
    ),
    "cc": ("cc", "kopie", "kopi", "copie", "cópia", "copia", "dw", "копия", "копія", "kopio", "抄送", "副本", "참조",
           "bcc", "kopia", "ccn", "cci", "más", "bilgi", "másolatot kap", "kopija"),
    "subject": (
        "subject", "betreff", "betr.", "betr", "objet", "asunto", "oggetto", "onderwerp", "assunto", "emne", "ämne",
        "temat", "předmět", "predmet", "тема", "aihe", "konu", "tárgy", "subiect", "teema", "θέμα", "件名", "主题",
        "主題", "主旨",
        "제목", "נושא", "الموضوع", "chủ đề", "perihal", "subjek", "เรื่อง", "zadeva", "re", "tema", "assumpte",
    ),
    "other": ("reply-to", "importance", "attachments", "anlagen", "priority", "organization", "sender", "reply to",
              "antwort an", "wichtigkeit", "pièces jointes", "message-id", "delivered-to", "bilagor",
              "vedhæftede filer",
              "categories", "sent by", "x-mailer", "envelope-to", "mailed-by", "signed-by", "return-path",
              "répondre à", "bijlage", "bijlagen", "załączniki", "odpowiedz-do", "newsgroups"),
}  # fmt: skip

# Lines, alone but for dashes and the like round them, below which everything is a quoted message.
ORIGINAL = (
    "original message", "original msg", "original appointment", "original e-mail", "original email", "original mail",
    "reply message", "reply", "replied message", "message d'origine", "message original", "message d’origine",
    "ursprüngliche nachricht", "ursprungliche nachricht", "originalnachricht", "original-nachricht",
    "original nachricht",
    "urspruengliche nachricht", "ursprüngliche e-mail", "mensaje original", "correo original", "messaggio originale",
    "mensagem original", "oorspronkelijk bericht", "oorspronkelijke bericht", "origineel bericht",
    "oprindelig meddelelse",
    "oprindelig besked", "opprinnelig melding", "opprinnelig beskjed", "original meddelelse",
    "ursprungligt meddelande",
    "originalmeddelande", "originalmelding", "alkuperäinen viesti", "wiadomość oryginalna", "oryginalna wiadomość",
    "wiadomosc oryginalna", "původní zpráva", "původní e-mail", "pôvodná správa", "исходное сообщение",
    "пересылаемое письмо", "исходное письмо", "оригинальное сообщение", "eredeti üzenet", "orijinal mesaj",
    "özgün ileti",
    "mesaj original", "originalna poruka", "izvirno sporočilo", "αρχικό μήνυμα", "原始邮件", "原始郵件", "原邮件",
    "邮件原件", "原始信息", "元のメッセージ", "원본 메시지", "원본 메일", "הודעה מקורית", "tin nhắn gốc", "pesan asli",
    "الرسالة الأصلية", "raw message", "quoted message", "previous message",
    "please type your reply above this line", "reply above this line",
    "please reply above this line", "write your reply above this line", "original text", "initial message",
)  # fmt: skip

# The same for a message passed on.
FORWARDED = (
    "forwarded message", "begin forwarded message", "forwarded mail", "forwarded email", "forward message",
    "forwarded",
    "weitergeleitete nachricht", "weitergeleitete e-mail", "anfang der weitergeleiteten nachricht", "weitergeleitet",
    "anfang der weitergeleiteten e-mail", "beginn der weitergeleiteten nachricht",
    "beginn der weitergeleiteten e-mail",
    "message transféré", "message transmis", "début du message transféré", "début du message réexpédié",
    "début du message transmis", "mensaje reenviado", "inicio del mensaje reenviado", "comienza el mensaje reenviado",
    "messaggio inoltrato", "inizio messaggio inoltrato", "mensagem encaminhada", "mensagem reencaminhada",
    "início da mensagem encaminhada", "início da mensagem reencaminhada", "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "videresendt meddelelse", "videresendt besked", "start på videresendt besked", "videresendt melding",
    "begynnelse på videresendt melding", "vidarebefordrat meddelande", "vidarebefordrat brev",
    "start på vidarebefordrat brev",
    "vidarebefordrat mejl", "välitetty viesti", "edelleenlähetetty viesti", "wiadomość przekazana dalej",
    "przekazana wiadomość",
    "początek przekazywanej wiadomości", "treść przekazanej wiadomości", "přeposlaná zpráva",
    "začátek přeposílané zprávy",
    "preposlaná správa", "пересылаемое сообщение", "перенаправленное сообщение", "начало переадресованного сообщения",
    "начало пересылаемого сообщения", "переслане повідомлення", "továbbított üzenet", "yönlendirilmiş ileti",
    "yönlendirilen mesaj", "iletilmiş mesaj", "mesaj redirecționat", "mesaj retransmis", "转发邮件",
    "转发的邮件", "轉寄郵件",
    "轉寄的郵件", "開始轉寄郵件", "转送的邮件信息", "轉寄信件", "転送メッセージ", "転送されたメッセージ", "転送メール",
    "전달된 메일", "전달된 메시지", "הודעה שהועברה", "thư chuyển tiếp", "pesan terusan", "missatge reenviat",
    "προωθημένο μήνυμα",
)  # fmt: skip

# Openings of marker lines that go on with names and dates (Lotus Notes, Tobit David).
MARKER_STARTS = {
    "original message processed by": "quote",
    "forwarded by": "forward",
    "weitergeleitet von": "forward",
    "transféré par": "forward",
    "inoltrato da": "forward",
    "reenviado por": "forward",
    "encaminhado por": "forward",
    "doorgestuurd door": "forward",
}

# Closing words: a line of these alone, and below it a name, is a signature.
CLOSINGS = frozenset(
    (
        "regards", "best regards", "kind regards", "kindest regards", "warm regards", "warmest regards",
        "with regards",
        "with kind regards", "with best regards", "best", "best wishes", "all the best", "many thanks and regards",
        "thanks and regards", "thanks & regards", "thanks and best regards", "thank you and regards", "rgds", "brgds",
        "br", "kr", "cheers", "sincerely", "yours sincerely", "sincerely yours", "yours truly", "yours faithfully",
        "yours", "respectfully", "cordially", "warmly", "take care", "thanks", "thank you", "many thanks", "thx",
        "thanks in advance", "thanks again", "thanks a lot",
        "mit freundlichen grüßen", "mit freundlichen grüssen", "mit freundlichem gruß", "mit freundlichem gruss",
        "freundliche grüße", "freundliche grüsse", "viele grüße", "viele grüsse", "liebe grüße", "beste grüße",
        "schöne grüße", "herzliche grüße", "mit besten grüßen", "besten gruß", "gruß", "grüße", "mfg", "lg", "vg",
        "hochachtungsvoll", "mit freundlichen gruessen", "viele gruesse", "herzlichst", "danke und gruß",
        "cordialement", "bien cordialement", "très cordialement", "bien à vous", "sincères salutations", "cdlt",
        "cdt",
        "salutations", "salutations distinguées", "meilleures salutations", "amicalement", "bonne journée",
        "saludos", "un saludo", "saludos cordiales", "atentamente", "cordiales saludos", "un cordial saludo", "atte",
        "cordiali saluti", "distinti saluti", "saluti", "un saluto", "cordialmente", "buona giornata",
        "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten", "mvg",
        "groeten", "groet", "hartelijke groet", "hartelijke groeten", "gr",
        "atenciosamente", "att", "cumprimentos", "melhores cumprimentos", "abraços", "abs",
        "com os melhores cumprimentos",
        "mvh", "med vänlig hälsning", "med vänliga hälsningar", "vänliga hälsningar", "vänligen", "hälsningar",
        "bästa hälsningar",
        "med venlig hilsen", "venlig hilsen", "de bedste hilsner", "bedste hilsner", "mange hilsner", "hilsen",
        "kh", "vh", "dbh",
        "med vennlig hilsen", "vennlig hilsen", "beste hilsen", "ystävällisin terveisin", "terveisin", "yst. terv",
        "terv",
        "pozdrawiam", "z poważaniem", "z powazaniem", "pozdrawiam serdecznie", "serdecznie pozdrawiam",
        "z wyrazami szacunku",
        "s pozdravem", "s přátelským pozdravem", "s pozdravom", "lep pozdrav", "srdačan pozdrav", "üdvözlettel",
        "üdv", "tisztelettel",
        "с уважением", "с наилучшими пожеланиями", "всего доброго", "з повагою", "с поздрави", "saygılarımla",
        "iyi çalışmalar",
        "cu stimă", "cu respect", "με εκτίμηση", "此致", "祝好", "敬具", "בברכה", "trân trọng", "salam",
    )
)  # fmt: skip

# "Sent from my phone" in the words of phones and applications; the rest of the line names the device.
SENT_FROM = (
    "sent from my", "sent from", "sent with my", "sent via", "sent on the go", "sent using", "sent with", "sent by",
    "get outlook for", "gesendet von meinem", "gesendet mit", "von meinem", "diese nachricht wurde von meinem",
    "gesendet von",
    "von unterwegs gesendet", "envoyé de mon", "envoyé depuis mon", "envoyé à partir de", "envoyé depuis",
    "télécharger outlook",
    "enviado desde mi", "enviado desde", "enviado de mi", "enviado do meu", "enviado de meu", "enviado pelo",
    "inviato da",
    "inviato dal mio", "inviato dal", "verstuurd vanaf mijn", "verzonden vanaf mijn", "verstuurd vanaf",
    "verzonden met",
    "verzonden vanuit", "verstuurd met", "wysłane z", "wysłano z", "skickat från min", "skickat från",
    "sendt fra min",
    "sendt fra", "lähetetty", "odesláno z", "отправлено с", "отправлено из", "надіслано з", "küldve",
    "iphone'umdan gönderildi",
    "из мобильной", "trimis de pe", "στάλθηκε από",
)  # fmt: skip
DEVICES = (
    "iphone", "ipad", "ipod", "blackberry", "android", "samsung", "galaxy", "huawei", "htc", "nokia", "windows phone",
    "windows mail", "mail for windows", "mobile", "handy", "phone", "smartphone", "tablet", "tablette", "outlook",
    "yahoo",
    "gmail", "proton", "handheld", "treo", "palm", "xperia", "motorola", "oneplus", "xiaomi", "pixel", "wireless",
    "nexus",
    "móvil", "movil", "téléphone", "telefon", "telefoon", "telefono", "celular", "mail.ru", "hushmail", "aol",
    "mailbox",
    "airmail", "thunderbird", "superhuman", "spark", "k-9", "fairemail", "mac", "web.de", "gmx", "lg", "bluemail",
    "ios",
    "айфон", "телефон", "nine", "device", "newton", "front", "missive", "zoho", "polymail", "watch",
)  # fmt: skip
SENT_FROM_CJK = (
    "iphoneから送信",
    "ipadから送信",
    "从我的",
    "發自我的",
    "发自我的",
    "來自我的",
    "から送信",
    "나의 iphone",
    "에서 보냄",
)

# Phrases of legal notices. A paragraph at the end with enough of them is a disclaimer.
DISCLAIMER = (
    "intended recipient", "intended only for", "intended solely", "is confidential", "confidential and",
    "are confidential",
    "confidential information", "confidentiality notice", "legally privileged", "privileged",
    "received this e-mail in error",
    "received this email in error", "received this message in error", "received this communication in error",
    "in error, please",
    "notify the sender", "delete this e-mail", "delete this email", "delete the message", "unauthorized",
    "unauthorised",
    "strictly prohibited", "dissemination", "addressee", "this e-mail and any", "this email and any",
    "this message and any",
    "any attachments", "virus", "liability", "registered in england", "registered office", "before printing",
    "disclaimer",
    "use of the individual or entity", "views expressed", "do not necessarily represent",
    "vertrauliche", "vertraulich", "nicht der richtige adressat", "irrtümlich erhalten", "informieren sie bitte",
    "vernichten sie",
    "unbefugte", "nicht gestattet", "bestimmungsgemäße", "rechtlich geschützte", "weitergabe dieser",
    "confidentiel", "destinataire", "par erreur", "ce message et", "pièces jointes sont", "détruire",
    "usage exclusif",
    "confidencial", "destinatario", "por error", "este mensaje", "este correo", "prohibida", "notifíquelo", "lopd",
    "riservate", "destinatari", "per errore", "il presente messaggio", "presente e-mail", "d.lgs", "divulgazione",
    "vertrouwelijk", "geadresseerde", "niet bestemd", "onrechtmatig", "dit bericht", "poufna", "adresat",
    "destinatário",
    "confidenciais", "por engano", "fortrolig", "konfidentiell", "luottamuksellinen", "конфиденциальн",
    "この電子メール", "机密",
)  # fmt: skip
# A notice has at least one of these: one look spares the many.
DISCLAIMER_GATE = ("onfiden", "recipient", "privileg", "ertraulich", "destinat", "riservat", "ertrouwelijk",
                   "geadresseerde",
                   "poufn", "adresat", "fortrolig", "luottamuk", "конфиден", "機密", "disclaim", "addressee",
                   "adressat", "in error",
                   "unauthori", "registered", "virus", "lopd", "d.lgs")  # fmt: skip
# Banners that a mail gateway puts above the text.
BANNER = (
    "originated from outside", "originated outside", "from an external sender", "external email", "external sender",
    "sender is outside", "from outside of", "from outside the organi", "do not click links or open", "externe e-mail",
    "außerhalb der organisation", "von extern", "expéditeur externe", "remitente externo",
    "van buiten de organisatie",
    "you don't often get email from", "you don’t often get email from", "learn why this is important",
)  # fmt: skip
BANNER_HEADS = ("caution", "warning", "external", "[external", "*external", "attention", "achtung", "vorsicht",
                "notice",
                "this email originated", "this message originated", "this e-mail originated", "you don't often",
                "you don’t often", "[ext", "*caution", "important", "security notice", "⚠")  # fmt: skip
# Words that make lines below a rule of dashes a list's or provider's footer.
FOOTER = (
    "mailing list", "mailing-list", "mailman", "listinfo", "unsubscribe", "subscribe", "lists.", "@lists",
    "sourceforge.net",
    "groups.google", "yahoo", "hotmail", "msn", "http://", "https://", "www.", "abmelden", "mailinglist",
    "liste de diffusion",
    "désabonner", "this sf.net email", "do you yahoo", "lista de correo", "you received this message because",
    "you are receiving this", "sponsored by", "to post to this", "afmelden", "disiscriver",
)  # fmt: skip
FOOTER_STARTS = ("you received this message because you are subscribed", "to unsubscribe from this", "to unsubscribe, ",
                 "to unsubscribe e-mail", "for additional commands, e-mail", "you are receiving this because",
                 "reply to this email directly or view it on github")  # fmt: skip
